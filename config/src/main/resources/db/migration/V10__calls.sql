-- Calls: a row from the first ring, which the record is made of at the end.
create table calls (
    id          uuid primary key,
    tenant      text        not null,
    user_id     text        not null,
    direction   text        not null check (direction in ('inbound', 'outbound')),
    status      text        not null check (status in ('ringing', 'answered', 'ended')),
    trunk       text,
    from_number text        not null,
    from_name   text,
    to_number   text        not null,
    route       text        not null,
    agent       text,
    sip_call_id text        not null,
    address     text        not null,               -- of the other side
    transport   text        not null,
    headers     jsonb       not null,
    metadata    jsonb,
    node        text        not null,               -- the hub that carries it
    alive_at    timestamptz not null default now(), -- when that hub last said that it goes on
    started_at  timestamptz not null,
    answered_at timestamptz,
    ended_at    timestamptz,
    ended_by    text check (ended_by in ('hub', 'other', 'network')),
    cause       text,                               -- hung_up, busy, no_answer, transferred ...
    sip_status  int,                                -- of a call that was not answered
    reason      text,
    media       jsonb,                              -- codec, packets, jitter, mos
    requests    uuid[]      not null default '{}'   -- what was asked of providers for it, in usage
);
create index calls_tenant on calls (tenant, id desc);
create index calls_going_on on calls (alive_at) where status <> 'ended';
create index calls_ended on calls (ended_at) where status = 'ended';
