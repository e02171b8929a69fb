package org.caravox.config;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import org.caravox.audio.AudioSettings;
import org.caravox.audio.AudioStore;
import org.caravox.audio.DiskReserve;
import org.caravox.door.RecordingPages;
import org.caravox.events.Events;
import org.caravox.jobs.KeptRecordings;
import org.caravox.jobs.RecordingsInDatabase;
import org.caravox.recordings.AudioArchive;
import org.caravox.recordings.AudioRecorders;
import org.jdbi.v3.core.Jdbi;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The audio of live streams and calls, where it is recorded: kept as the uploads of jobs are. */
@Configuration(proxyBeanMethods = false)
class RecordingsConfiguration {

    @Bean
    AudioArchive audioArchive(
            CaravoxSettings settings, AudioSettings audio, DiskReserve reserve, Jdbi database, Events events)
            throws IOException {
        AudioStore store = new AudioStore(audio.in(settings.data().resolve("recordings")), reserve);
        KeptRecordings places =
                switch (settings.jobs().recordings()) {
                    case DISK -> KeptRecordings.ON_DISK;
                    case DATABASE -> new RecordingsInDatabase(database, store, "recording_parts", "recording");
                };
        return new AudioArchive(database, store, places, events);
    }

    @Bean(destroyMethod = "close")
    AudioRecorders audioRecorders(AudioArchive archive, CaravoxSettings settings) {
        CaravoxSettings.LiveRecordings recordings = settings.live().recordings();
        return new AudioRecorders(
                archive,
                recordings.maxSize().toBytes(),
                Math.toIntExact(recordings.memory().toBytes()));
    }

    @Bean
    RecordingPages recordingPages(AudioArchive archive, ObjectMapper json) {
        return new RecordingPages(archive, json);
    }
}
