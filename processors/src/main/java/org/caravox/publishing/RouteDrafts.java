package org.caravox.publishing;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.regex.Pattern;
import org.caravox.requests.Refusal;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/** Edits that are kept under a name until they are published or dropped. */
public final class RouteDrafts {

    /**
     * A draft.
     *
     * @param base      the version that it was made from
     * @param changed   the paths that it changes
     * @param actor     who saved it last: the id of an API key
     * @param actorName what that key was called then
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Draft(
            String name,
            long base,
            String description,
            List<String> changed,
            String actor,
            @Nullable String actorName,
            Instant savedAt) {}

    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");
    private static final TypeReference<SortedMap<String, Optional<String>>> FILES = new TypeReference<>() {};
    private static final String COLUMNS =
            """
            select name, base, description, actor, actor_name, saved_at,
                   array(select jsonb_object_keys(files) order by 1) as changed from route_drafts""";

    private final Jdbi database;
    private final ObjectMapper json;

    public RouteDrafts(Jdbi database, ObjectMapper json) {
        this.database = database;
        this.json = json;
    }

    /** All, by name. */
    public List<Draft> list() {
        return database.withHandle(handle -> handle.createQuery(COLUMNS + " order by name")
                .map((row, context) -> draft(row))
                .list());
    }

    /**
     * A draft.
     *
     * @throws Refusal NOT_FOUND when there is none of that name
     */
    public Draft get(String name) {
        return database.withHandle(handle -> handle.createQuery(COLUMNS + " where name = :name")
                .bind("name", name)
                .map((row, context) -> draft(row))
                .findOne()
                .orElseThrow(() -> missing(name)));
    }

    /**
     * What it changes.
     *
     * @throws Refusal NOT_FOUND when there is none of that name
     */
    public Edit edit(String name) {
        return database.withHandle(
                handle -> handle.createQuery("select base, files from route_drafts where name = :name")
                        .bind("name", name)
                        .map((row, context) -> new Edit(row.getLong("base"), files(row.getString("files"))))
                        .findOne()
                        .orElseThrow(() -> missing(name)));
    }

    /**
     * Keeps an edit, in the place of what was kept under that name.
     *
     * @param actor the id of an API key
     * @throws Refusal INVALID when it cannot be named so
     */
    public Draft save(String name, Edit edit, String description, String actor) {
        if (!NAME.matcher(name).matches()) {
            throw Refusal.invalid("draft \"" + name
                    + "\" cannot be a name: use up to 63 lower-case letters, digits and dashes, like mask-cards");
        }
        database.useHandle(handle -> handle.createUpdate(
                        """
                        insert into route_drafts (name, base, description, files, actor, actor_name)
                        values (:name, :base, :description, cast(:files as jsonb), :actor,
                          (select name from api_keys where id::text = :actor))
                        on conflict (name) do update set base = excluded.base, description = excluded.description,
                          files = excluded.files, actor = excluded.actor, actor_name = excluded.actor_name,
                          saved_at = excluded.saved_at""")
                .bind("name", name)
                .bind("base", edit.base())
                .bind("description", description)
                .bind("files", text(edit))
                .bind("actor", actor)
                .execute());
        return get(name);
    }

    /**
     * Drops it.
     *
     * @throws Refusal NOT_FOUND when there is none of that name
     */
    public void discard(String name) {
        int gone = database.withHandle(handle -> handle.execute("delete from route_drafts where name = ?", name));
        if (gone == 0) {
            throw missing(name);
        }
    }

    /** Drops it once it is published, unless somebody has saved it anew since it was read. */
    public void published(Draft read) {
        database.useHandle(handle -> handle.execute(
                "delete from route_drafts where name = ? and saved_at = ?",
                read.name(),
                Timestamp.from(read.savedAt())));
    }

    private static Draft draft(ResultSet row) throws SQLException {
        return new Draft(
                row.getString("name"),
                row.getLong("base"),
                row.getString("description"),
                List.of((String[]) row.getArray("changed").getArray()),
                row.getString("actor"),
                row.getString("actor_name"),
                row.getTimestamp("saved_at").toInstant());
    }

    private SortedMap<String, Optional<String>> files(String text) {
        try {
            return json.readValue(text, FILES);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("what was stored of a draft cannot be read", e);
        }
    }

    private String text(Edit edit) {
        Map<String, @Nullable String> files = new HashMap<>();
        edit.files().forEach((path, text) -> files.put(path, text.orElse(null)));
        try {
            return json.writeValueAsString(files);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("texts are JSON", e);
        }
    }

    private static Refusal missing(String name) {
        return Refusal.notFound("draft " + name + " not found: it may have been published or dropped");
    }
}
