package org.caravox.config;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Clock;
import org.caravox.audio.AudioStore;
import org.caravox.door.Answers;
import org.caravox.door.Problems;
import org.caravox.door.RecordingForm;
import org.caravox.door.deepgram.DeepgramErrors;
import org.caravox.door.deepgram.ListenAnswers;
import org.caravox.door.deepgram.ListenIntake;
import org.caravox.door.deepgram.SpeakAnswers;
import org.caravox.door.deepgram.SpeakIntake;
import org.caravox.outbound.AddressGuard;
import org.caravox.speech.Speech;
import org.caravox.transcription.Transcription;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The door that Deepgram's SDKs speak. */
@Configuration(proxyBeanMethods = false)
class DeepgramConfiguration {

    @Bean
    ListenIntake listenIntake(
            AudioStore audio,
            RecordingForm form,
            Transcription transcription,
            AddressGuard guard,
            ObjectMapper json,
            CaravoxSettings settings,
            Clock clock) {
        return new ListenIntake(
                audio,
                form,
                transcription,
                guard,
                json,
                settings.audio().arriveWithin(),
                settings.modes().syncDeadline(),
                clock);
    }

    @Bean
    ListenAnswers listenAnswers(Answers answers, ObjectMapper json) {
        return new ListenAnswers(answers, json);
    }

    @Bean
    SpeakIntake speakIntake(Speech speech, ObjectMapper json, CaravoxSettings settings, Clock clock) {
        return new SpeakIntake(speech, json, settings.modes().syncDeadline(), clock);
    }

    @Bean
    SpeakAnswers speakAnswers() {
        return new SpeakAnswers();
    }

    @Bean
    DeepgramErrors deepgramErrors(ObjectMapper json, Problems problems) {
        return new DeepgramErrors(json, problems);
    }
}
