-- The audio of live streams and calls that were recorded.
create table recordings (
    id             uuid primary key,
    tenant         text        not null references tenants (id),
    source         text        not null check (source in ('live', 'call')),
    source_id      uuid        not null,          -- of the stream, which is its transcript's too, or of the call
    user_id        text        not null,
    channels       int         not null,
    sample_rate_hz int         not null,
    duration_ms    bigint      not null,
    lost_ms        bigint      not null default 0, -- of them are silence, because the disk was too slow
    bytes          bigint      not null,           -- of the WAV file
    place          text        not null check (place in ('disk', 'database')), -- a hub's disk, or recording_parts
    created_at     timestamptz not null default now(),
    unique (tenant, source, source_id)
);
create index recordings_age on recordings (created_at);

-- Where hubs share no disk.
create table recording_parts (
    recording uuid  not null references recordings (id) on delete cascade,
    part      int   not null,                      -- from 0
    parts     int   not null,                      -- how many there are
    bytes     bytea not null,
    primary key (recording, part)
);
alter table recording_parts alter column bytes set storage external;
