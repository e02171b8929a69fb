-- Events, whose they are and whom they are delivered to.

-- A UUID of version 7 (RFC 9562): ids that are made after each other lie beside each other.
create function time_id() returns uuid language sql volatile parallel safe as $$
    select encode(
        set_bit(set_bit(
            overlay(uuid_send(gen_random_uuid())
                    placing substring(int8send((extract(epoch from clock_timestamp()) * 1000)::bigint) from 3)
                    from 1 for 6),
            52, 1), 53, 1), 'hex')::uuid
$$;

alter table events rename column job to subject; -- the job, transcript or call that it tells of
alter table events alter column id set default time_id();

create table endpoints (
    id             uuid primary key,
    tenant         text        not null references tenants (id),
    kind           text        not null check (kind in ('webhook', 'crm', 'scoring')),
    name           text,                            -- of a crm: its name in the settings
    url            text,                            -- of a webhook
    description    text,
    types          text[]      not null default '{}', -- empty: all
    filter         jsonpath,                        -- a predicate on {type, timestamp, data}; null: all
    ordering       text        not null default 'none' check (ordering in ('none', 'call')), -- call: in order for each subject
    when_exhausted text        not null default 'skip' check (when_exhausted in ('skip', 'park')),
    rate           int,                             -- deliveries a second at most
    format         text        not null default 'standard' check (format in ('standard', 'cloudevents')),
    signatures     text        not null default 'v1' check (signatures in ('v1', 'v1,v1a')),
    headers        jsonb       not null default '{}',
    auth           jsonb,                           -- OAuth 2.0 client credentials or a client's certificate
    status         text        not null default 'active' check (status in ('active', 'paused', 'disabled', 'deleted')),
    reason         text,                            -- why it is disabled
    failing_since  timestamptz,                     -- null: the last delivery arrived
    created_at     timestamptz not null default now(),
    changed_at     timestamptz not null default now()
);
create index endpoints_tenant on endpoints (tenant, id desc);
create unique index endpoints_named on endpoints (tenant, kind, name) where name is not null;

create table endpoint_secrets (
    endpoint   uuid        not null references endpoints (id) on delete cascade,
    secret     text        not null,
    created_at timestamptz not null default now(),
    expires_at timestamptz,                         -- null: the one that is in use
    primary key (endpoint, secret)
);

-- Who delivers to an endpoint now. A job's own webhook has a lane for its tenant and host.
create table lanes (
    id          text primary key,
    owner       text,
    fence       bigint not null default 0,          -- higher with each claim: results of an overtaken owner are void
    lease_until timestamptz
);

create table deliveries (
    id          uuid primary key default time_id(),
    tenant      text        not null,
    endpoint    uuid references endpoints (id),     -- null: the webhook that a job names itself
    url         text,                               -- of a job's own webhook
    lane        text        not null,
    event       uuid        not null,               -- what endpoints know it by
    seq         bigint      not null,               -- of the event: the order
    type        text        not null,
    subject     uuid        not null,
    status      text        not null default 'pending' check (status in ('pending', 'delivered', 'failed', 'discarded')),
    attempts    int         not null default 0,     -- since it was made or replayed
    due_at      timestamptz not null default now(),
    created_at  timestamptz not null default now(),
    ended_at    timestamptz,
    last_status int,                                -- of HTTP
    fault       text,                               -- dns, tls, timeout, ... as its attempts
    error       text
);
create index deliveries_due on deliveries (lane, due_at, seq) where status = 'pending';
create index deliveries_order on deliveries (lane, subject, seq) where status = 'pending';
create index deliveries_parked on deliveries (lane, subject, seq) where status = 'failed';
create index deliveries_tenant on deliveries (tenant, id desc);
create index deliveries_endpoint on deliveries (endpoint, id desc);
create index deliveries_event on deliveries (event);
create index deliveries_failed on deliveries (tenant, id desc) where status = 'failed';

create table delivery_attempts (
    delivery   uuid        not null references deliveries (id) on delete cascade,
    at         timestamptz not null,
    latency_ms int         not null,
    status     int,                                 -- of HTTP; null: there was no answer
    fault      text,                                -- null: it arrived
    error      text,
    response   text,                                -- the first 20 KB
    node       text        not null,
    primary key (delivery, at)
);

-- A filter that cannot be applied to an event must not keep the event from being written: it lets it through.
create function passes(event jsonb, filter jsonpath) returns boolean language plpgsql immutable as $$
begin
    return event @@ filter;
exception when others then
    return true;
end $$;

-- Whoever writes an event writes, in the same statement, whom it is delivered to.
create function fan_out_events() returns trigger language plpgsql as $$
begin
    insert into deliveries (tenant, endpoint, lane, event, seq, type, subject)
    select fresh.tenant, e.id, e.id::text, fresh.id, fresh.seq, fresh.type, fresh.subject
    from fresh join endpoints e on e.tenant = fresh.tenant
    where e.status <> 'deleted'
      and (e.types = '{}' or fresh.type = any (e.types))
      and (e.filter is null
           or passes(jsonb_build_object('type', fresh.type, 'timestamp', fresh.at, 'data', fresh.data), e.filter));
    if found then
        perform pg_notify('caravox_deliveries', '');
    end if;
    return null;
end $$;

create trigger events_fan_out after insert on events
    referencing new table as fresh for each statement execute function fan_out_events();

-- Webhooks of jobs that have not been told yet.
with told as (
    select j.id, j.tenant, j.webhook_url, j.status, gen_random_uuid() as event, j.webhook_due_at
    from jobs j where j.webhook_due_at is not null)
insert into deliveries (tenant, url, lane, event, seq, type, subject, due_at)
select tenant, webhook_url, 'host:' || tenant || ':' || substring(webhook_url from '^[A-Za-z]+://([^/?#]+)'),
       event, 0, 'job.' || status, id, webhook_due_at
from told;

drop index jobs_webhooks;
alter table jobs
    drop column webhook_attempts,
    drop column webhook_fence,
    drop column webhook_due_at;

create table lead_scores (
    transcript uuid        primary key references transcripts (id) on delete cascade,
    tenant     text        not null references tenants (id),
    score      int         not null check (score between 0 and 100),
    band       text        not null,
    rules      text        not null,                -- name and version of the rules
    fired      jsonb       not null,                -- the rules that fired, each with its quote and offset
    scored_at  timestamptz not null
);
create index lead_scores_tenant on lead_scores (tenant, transcript desc);

create table crm_records (
    tenant     text        not null references tenants (id),
    crm        text        not null,                -- its name in the settings
    subject    uuid        not null,                -- the call, transcript or job
    kind       text        not null,                -- as the route calls it: task, call, contact ...
    record     text        not null,                -- the CRM's id of it
    written_at timestamptz not null default now(),
    primary key (tenant, crm, subject, kind)
);
