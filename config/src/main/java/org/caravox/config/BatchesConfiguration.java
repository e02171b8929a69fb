package org.caravox.config;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Clock;
import org.caravox.batches.Batches;
import org.caravox.door.BatchIntake;
import org.caravox.door.BatchPages;
import org.caravox.door.BatchResults;
import org.caravox.door.BatchSpool;
import org.caravox.door.RequestFields;
import org.caravox.jobs.Jobs;
import org.jdbi.v3.core.Jdbi;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Batches: many jobs that were sent as one. */
@Configuration(proxyBeanMethods = false)
class BatchesConfiguration {

    @Bean
    Batches batches(Jdbi database, Jobs jobs) {
        return new Batches(database, jobs);
    }

    @Bean
    BatchSpool batchSpool(CaravoxSettings settings) throws IOException {
        CaravoxSettings.Batches batches = settings.batches();
        return new BatchSpool(
                settings.data().resolve("batches"), batches.maxSize().toBytes(), batches.maxItems());
    }

    @Bean
    BatchIntake batchIntake(
            BatchSpool spool,
            Batches batches,
            RequestFields fields,
            ObjectMapper json,
            CaravoxSettings settings,
            Clock clock) {
        return new BatchIntake(
                spool,
                batches,
                fields,
                json,
                settings.audio().arriveWithin(),
                settings.modes().syncDeadline(),
                clock);
    }

    @Bean
    BatchPages batchPages(Batches batches, ObjectMapper json) {
        return new BatchPages(batches, json);
    }

    @Bean
    BatchResults batchResults(Batches batches, ObjectMapper json, CaravoxSettings settings, Clock clock) {
        return new BatchResults(batches, json, settings.batches().resultsWithin(), clock);
    }
}
