-- What callers and agents said to each other.

create table conversations (
    id         uuid primary key,          -- that of the call
    tenant     text        not null references tenants (id),
    agent      text        not null,
    caller     text        not null,
    user_id    text        not null,
    door       text        not null,
    started_at timestamptz not null,
    ended_at   timestamptz,               -- null: it goes on
    how        text                       -- how it ended
);
create index conversations_of_caller on conversations (tenant, agent, caller, ended_at desc);
create index conversations_started on conversations (started_at);

create table conversation_turns (
    conversation    uuid        not null references conversations (id) on delete cascade,
    number          int         not null, -- from 1
    tenant          text        not null,
    who             text        not null check (who in ('caller', 'agent')),
    text            text        not null, -- of the agent: as far as it was heard
    interrupted     boolean     not null,
    at              timestamptz not null,
    tools           text[]      not null,
    heard_ms        int,                  -- all of these from the end of what the caller said
    turn_end_ms     int,
    model_first_ms  int,
    audio_first_ms  int,
    packet_first_ms int,
    primary key (conversation, number)
);
