package org.caravox.config;

import java.io.IOException;
import java.nio.file.Path;
import org.caravox.audio.AudioSettings;
import org.caravox.audio.AudioStore;
import org.caravox.audio.Decoder;
import org.caravox.audio.DiskReserve;
import org.caravox.audio.Encoder;
import org.caravox.audio.Examiner;
import org.caravox.audio.Ffmpeg;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Recordings: kept, examined, decoded. */
@Configuration(proxyBeanMethods = false)
class AudioConfiguration {

    @Bean
    AudioSettings audioSettings(CaravoxSettings settings) {
        CaravoxSettings.Audio audio = settings.audio();
        return new AudioSettings(
                settings.data().resolve("audio"),
                audio.maxSize().toBytes(),
                audio.maxDuration(),
                audio.maxChannels(),
                audio.decodeWithin());
    }

    @Bean
    DiskReserve diskReserve(CaravoxSettings settings) {
        return new DiskReserve(settings.data(), settings.dataReserve().toBytes());
    }

    @Bean
    AudioStore audioStore(AudioSettings settings, DiskReserve reserve) throws IOException {
        return new AudioStore(settings, reserve);
    }

    @Bean
    Ffmpeg ffmpeg(CaravoxSettings settings) throws IOException, InterruptedException {
        String folder = settings.audio().ffmpeg();
        System.setProperty(
                "org.bytedeco.javacpp.cachedir",
                settings.cache().resolve("ffmpeg").toString());
        return folder.isBlank() ? Ffmpeg.bundled() : Ffmpeg.in(Path.of(folder));
    }

    @Bean
    Examiner examiner(Ffmpeg ffmpeg, AudioSettings settings) {
        return new Examiner(ffmpeg, settings);
    }

    @Bean
    Decoder decoder(Ffmpeg ffmpeg, AudioSettings settings) {
        return new Decoder(ffmpeg, settings);
    }

    @Bean(destroyMethod = "close")
    Encoder encoder(Ffmpeg ffmpeg) {
        return new Encoder(ffmpeg);
    }
}
