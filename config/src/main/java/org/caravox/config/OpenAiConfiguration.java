package org.caravox.config;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Clock;
import java.util.List;
import org.caravox.dialogue.Dialogue;
import org.caravox.door.Answers;
import org.caravox.door.Problems;
import org.caravox.door.RecordingForm;
import org.caravox.door.openai.ChatAnswers;
import org.caravox.door.openai.ChatIntake;
import org.caravox.door.openai.ModelPages;
import org.caravox.door.openai.OpenAiErrors;
import org.caravox.door.openai.SpeechAnswer;
import org.caravox.door.openai.SpeechIntake;
import org.caravox.door.openai.TranscriptionAnswer;
import org.caravox.door.openai.TranscriptionIntake;
import org.caravox.speech.Speech;
import org.caravox.transcription.Transcription;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The door that OpenAI's clients know. */
@Configuration(proxyBeanMethods = false)
class OpenAiConfiguration {

    @Bean
    OpenAiErrors openAiErrors(ObjectMapper json, Problems problems) {
        return new OpenAiErrors(json, problems);
    }

    @Bean
    TranscriptionIntake openAiTranscriptionIntake(
            RecordingForm form, Transcription transcription, CaravoxSettings settings, Clock clock) {
        return new TranscriptionIntake(
                form,
                transcription,
                settings.audio().arriveWithin(),
                settings.modes().syncDeadline(),
                clock);
    }

    @Bean
    TranscriptionAnswer openAiTranscriptionAnswer(ObjectMapper json, Answers answers) {
        return new TranscriptionAnswer(json, answers);
    }

    @Bean
    SpeechIntake openAiSpeechIntake(ObjectMapper json, CaravoxSettings settings, Clock clock) {
        return new SpeechIntake(json, settings.deadlines().speech(), clock);
    }

    @Bean
    SpeechAnswer openAiSpeechAnswer(ObjectMapper json) {
        return new SpeechAnswer(json);
    }

    @Bean
    ChatIntake openAiChatIntake(ObjectMapper json, CaravoxSettings settings, Clock clock) {
        return new ChatIntake(json, settings.deadlines().dialogue(), clock);
    }

    @Bean
    ChatAnswers openAiChatAnswers(ObjectMapper json, Clock clock) {
        return new ChatAnswers(json, clock);
    }

    @Bean
    ModelPages openAiModels(
            Dialogue dialogue, Transcription transcription, Speech speech, ObjectMapper json, Clock clock) {
        return new ModelPages(List.of(dialogue.chain(), transcription.chain(), speech.chain()), json, clock);
    }
}
