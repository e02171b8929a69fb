-- Tenants, their keys, their transcripts and jobs. Every row carries its tenant; every id that a caller sees is the
-- id of the request that made it (UUID version 7), so ids sort by time.

create table tenants (
    id             text primary key check (id ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
    webhook_secret text        not null,
    created_at     timestamptz not null
);

create table api_keys (
    id         uuid primary key,
    tenant     text references tenants (id), -- null: an operator's key
    name       text        not null,
    hint       text        not null,         -- the last characters, to tell keys apart
    hash       bytea       not null unique,  -- SHA-256 of the key
    created_at timestamptz not null,
    revoked_at timestamptz
);
create index api_keys_tenant on api_keys (tenant);

create table transcripts (
    id         uuid primary key,
    tenant     text        not null references tenants (id),
    user_id    text        not null,
    created_at timestamptz not null,
    transcript text        not null,
    content    jsonb       not null,         -- the whole answer: channels, words, metadata
    words      tsvector generated always as (to_tsvector('english', left(transcript, 500000))) stored
);
create index transcripts_tenant on transcripts (tenant, id desc);
create index transcripts_user on transcripts (tenant, user_id, id desc);
create index transcripts_words on transcripts using gin (words);

create table jobs (
    id               uuid primary key,
    tenant           text        not null references tenants (id),
    user_id          text        not null,
    status           text        not null check (status in ('queued', 'running', 'completed', 'failed', 'cancelled')),
    priority         smallint    not null check (priority between 0 and 9),
    request          jsonb       not null,
    attempts         int         not null default 0,
    error            text,
    audio_ms         bigint,
    progress_ms      bigint      not null default 0,
    created_at       timestamptz not null,
    due_at           timestamptz not null,   -- not to be begun before
    started_at       timestamptz,
    ended_at         timestamptz,
    fence            bigint      not null default 0, -- higher with each claim: an overtaken worker changes nothing
    lease_owner      text,
    lease_until      timestamptz,
    webhook_url      text,
    webhook_status   text check (webhook_status in ('waiting', 'pending', 'delivered', 'failed')),
    webhook_attempts int         not null default 0,
    webhook_fence    bigint      not null default 0,
    webhook_due_at   timestamptz             -- null: nothing to tell
);
create index jobs_tenant on jobs (tenant, id desc);
create index jobs_queued on jobs (priority desc, due_at) where status = 'queued';
create index jobs_running on jobs (lease_until) where status = 'running';
create index jobs_webhooks on jobs (webhook_due_at) where webhook_due_at is not null;
create index jobs_ended on jobs (ended_at) where status in ('completed', 'failed', 'cancelled');

create table idempotency (
    tenant      text        not null references tenants (id),
    key         text        not null,
    fingerprint bytea       not null,        -- SHA-256 of all that the request asks
    request     uuid        not null,        -- the id that it has, whoever carries it out
    node        text        not null,
    created_at  timestamptz not null,
    touched_at  timestamptz not null,
    status      int,
    location    text,
    answer      text,
    primary key (tenant, key)
);
create index idempotency_created on idempotency (created_at);
