package org.caravox.config;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.flywaydb.core.Flyway;
import org.jdbi.v3.core.Jdbi;

/** The one PostgreSQL, with all of the hub's tables, of the tests of a process that share one: it ends with the process. */
final class TestDatabase {

    private TestDatabase() {}

    private static final class Lazy {
        private static final Jdbi DATABASE = start();

        private static Jdbi start() {
            try {
                EmbeddedPostgres postgres = EmbeddedPostgres.builder()
                        .setLocaleConfig("locale", "C")
                        .start();
                Flyway.configure()
                        .dataSource(postgres.getPostgresDatabase())
                        .load()
                        .migrate();
                return Jdbi.create(postgres.getPostgresDatabase());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    static Jdbi database() {
        return Lazy.DATABASE;
    }
}
