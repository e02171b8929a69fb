-- What was used, what may be spent, and transcripts that are given again. Usage outlives what it was for, so that
-- nothing here refers to other tables but by name.

create table usage (
    request       uuid        not null,
    use           text        not null check (use in ('transcription', 'dialogue', 'speech')),
    tenant        text        not null,
    provider      text        not null,
    model         text        not null,
    audio_ms      bigint      not null,
    input_tokens  bigint      not null,
    output_tokens bigint      not null,
    characters    bigint      not null,
    counted       boolean     not null,      -- false: the tokens are an estimate of the hub's
    cached        boolean     not null,      -- given again; no provider was asked
    cost          numeric,                   -- null: no price is known
    at            timestamptz not null,
    primary key (request, use)               -- none is billed twice
);
create index usage_tenant on usage (tenant, at);

-- What a tenant with a budget has spent in a period, summed up. Whoever reserves locks the row.
create table budget_periods (
    tenant    text        not null,
    per       text        not null check (per in ('day', 'month')),
    starts_at timestamptz not null,
    spent     numeric     not null,
    primary key (tenant, per, starts_at)
);

-- What requests under way may cost at most; one of a hub that crashed counts until it expires.
create table budget_reservations (
    request    uuid        not null,
    use        text        not null,
    tenant     text        not null,
    amount     numeric     not null,
    expires_at timestamptz not null,
    primary key (request, use)
);
create index budget_reservations_tenant on budget_reservations (tenant);

create table transcript_cache (
    tenant     text        not null,
    key        bytea       not null,         -- SHA-256 of the recording's SHA-256 and all that shapes its transcript
    content    jsonb       not null,
    expires_at timestamptz not null,
    primary key (tenant, key)
);
create index transcript_cache_expires on transcript_cache (expires_at);
