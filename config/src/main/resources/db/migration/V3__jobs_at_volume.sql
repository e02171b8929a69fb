-- Jobs at volume: dispatch through a broker, batches, intake by queue, dead letters, and events of what ended.

create table batches (
    id           uuid primary key,
    tenant       text        not null references tenants (id),
    user_id      text,
    name         text,
    created_at   timestamptz not null,
    closed_at    timestamptz,             -- null: more items may come
    cancelled_at timestamptz
);
create index batches_tenant on batches (tenant, id desc);

-- Items that never became jobs.
create table batch_refusals (
    batch uuid   not null references batches (id) on delete cascade,
    line  int    not null,                -- of the list that was sent, from 1
    item  text,
    error text   not null,
    primary key (batch, line)
);

alter table jobs
    add column dispatched_at timestamptz, -- null: still to be handed to the broker
    add column batch         uuid references batches (id),
    add column item          text,        -- what the batch calls it: each once
    add column message_id    text,        -- what a queue's sender calls it: each once
    add column fault         text check (fault in ('caller', 'hub')), -- whose doing the failure is
    add column discarded_at  timestamptz; -- a dead letter that nobody is to see any more

drop index jobs_queued;
create index jobs_waiting on jobs (tenant, priority desc, due_at) where status = 'queued' and dispatched_at is null;
create index jobs_dispatched on jobs (dispatched_at) include (tenant, priority)
    where status = 'queued' and dispatched_at is not null;
create unique index jobs_batch on jobs (batch, item) where batch is not null;
create index jobs_batch_left on jobs (batch) where batch is not null and status in ('queued', 'running');
create unique index jobs_message on jobs (tenant, message_id) where message_id is not null;
create index jobs_dead on jobs (tenant, id desc) include (fault) where status = 'failed' and discarded_at is null;

-- What went wrong in attempts that failed; it outlives a replay.
create table job_failures (
    job     uuid        not null references jobs (id) on delete cascade,
    fence   bigint      not null,
    attempt int         not null,
    node    text        not null,
    fault   text        not null check (fault in ('caller', 'hub')),
    error   text        not null,
    at      timestamptz not null,
    primary key (job, fence)
);

-- Uploads, where hubs share no disk.
create table job_recordings (
    job   uuid  not null references jobs (id) on delete cascade,
    part  int   not null,                -- from 0
    parts int   not null,                -- how many there are
    bytes bytea not null,
    primary key (job, part)
);
alter table job_recordings alter column bytes set storage external;

-- What happened: written once, with the change that it tells of.
create table events (
    seq    bigint generated always as identity primary key,
    id     uuid        not null,
    tenant text        not null,
    type   text        not null,          -- job.completed, job.failed, job.cancelled
    job    uuid        not null,
    at     timestamptz not null default now(),
    data   jsonb       not null
);

create index events_at on events (at);

-- Events that are still to be sent somewhere.
create table outbox (
    seq         bigint generated always as identity primary key,
    event       uuid        not null,
    tenant      text        not null,
    job         uuid        not null,
    type        text        not null,
    at          timestamptz not null default now(),
    target      text        not null check (target in ('stream', 'rabbitmq', 'kafka')), -- stream: the events' own topic
    destination text        not null,     -- a topic or a queue
    key         text,                     -- what its reader knows it by
    data        jsonb       not null,
    attempts    int         not null default 0,
    due_at      timestamptz not null default now(),
    error       text
);
create index outbox_due on outbox (target, seq);

-- Messages that came in by a queue and could not become jobs.
create table refused_messages (
    id         uuid primary key,
    tenant     text,                      -- null: it could not be told whose it is
    source     text        not null check (source in ('rabbitmq', 'kafka')),
    origin     text        not null,      -- the queue or the topic
    message_id text,
    reason     text        not null,
    headers    jsonb       not null,
    body       bytea       not null,
    at         timestamptz not null
);
create index refused_messages_tenant on refused_messages (tenant, id desc);

-- Rate limits that all hubs share (kept by Bucket4j).
create table limit_buckets (
    id         text primary key,
    state      bytea       not null,
    expires_at timestamptz not null
);
