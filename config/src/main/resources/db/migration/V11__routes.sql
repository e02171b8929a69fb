-- Routes as they are changed in production: their versions, what is in force, who publishes, and the hubs that follow.

create table route_texts (
    hash text primary key,                          -- SHA-256
    text text not null
);

-- Numbers of what was refused are not given again: a hub may have loaded it.
create sequence route_version_numbers;

create table route_versions (
    number     bigint primary key,
    kind       text        not null check (kind in ('started', 'published', 'rolled-back', 'staged', 'returned')),
    state      text        not null check (state in ('proposed', 'accepted')),
    at         timestamptz not null default clock_timestamp(),
    actor      text        not null,                -- the id of the API key, or 'hub'
    actor_name text,                                -- what the key was called then
    message    text        not null,
    base       bigint,                              -- what was in force before
    restores   bigint,                              -- whose files it has, when it is not made of an edit
    digest     text        not null,                -- of all paths and texts
    files      jsonb       not null,                -- by path: {"hash": ..., "version": the one that changed it last}
    changed    jsonb       not null                 -- paths that differ from base
);

-- One row.
create table routes_in_force (
    one             boolean primary key default true check (one),
    version         bigint      not null references route_versions,
    since           timestamptz not null default clock_timestamp(),
    previous        bigint references route_versions, -- returns when what is on probation fails
    probation_until timestamptz,
    counts_before   jsonb,                          -- of what was in force, when the other began to get work
    staged          bigint references route_versions,
    staged_percent  int,
    staged_tenant   text,
    staged_at       timestamptz,
    promote_at      timestamptz,
    promote_after   bigint                          -- messages
);

-- One row: who publishes now. Whoever dies leaves it behind only until it runs out.
create table route_publisher (
    one      boolean primary key default true check (one),
    holder   text,
    actor    text,
    since    timestamptz,
    until    timestamptz,
    proposed bigint references route_versions on delete set null
);
insert into route_publisher default values;

-- The hubs that are there, and how they stand to the version that is proposed.
create table route_nodes (
    node     text primary key,
    alive_at timestamptz not null,
    serving  bigint      not null,
    ready    bigint,                                -- the version that it has loaded last
    refused  bigint,                                -- the version that it could not load, or not serve
    findings jsonb,                                 -- why
    counts   jsonb,                                 -- how routes do on the versions that are compared
    counted  jsonb                                  -- how they did on what was in force, when it had loaded the other
);

create table route_drafts (
    name        text primary key check (name ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
    base        bigint      not null references route_versions,
    description text        not null,
    files       jsonb       not null,               -- texts by path; null: removed
    actor       text        not null,
    actor_name  text,
    saved_at    timestamptz not null default clock_timestamp()
);

-- What an operator's key may do; null: everything, and of a tenant's key nothing of this.
alter table api_keys
    add column role text check (role is null or (role in ('viewer', 'editor', 'publisher') and tenant is null));
