package org.caravox.config;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.SQLException;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import org.caravox.crm.CrmCalls;
import org.caravox.crm.CrmLogins;
import org.caravox.crm.CrmRecords;
import org.caravox.crm.CrmSteps;
import org.caravox.dialogue.DialogueSteps;
import org.caravox.door.Answers;
import org.caravox.door.Problems;
import org.caravox.door.deepgram.DeepgramErrors;
import org.caravox.door.openai.ChatAnswers;
import org.caravox.door.openai.OpenAiErrors;
import org.caravox.door.openai.TranscriptionAnswer;
import org.caravox.masking.Masking;
import org.caravox.queue.KafkaRecords;
import org.caravox.speech.SpeechSteps;
import org.caravox.transcription.ModeChooser;
import org.caravox.transcription.TranscriptionMetrics;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.helpers.NOPLogger;

/**
 * The beans that may run in cases of routes, since they only decide or write answers. They are not those of the hub: nothing
 * is counted or logged, and they have nothing to reach anybody with.
 */
final class CaseBeans {

    private CaseBeans() {}

    /** By their names in routes. */
    static Map<String, Object> of(CaravoxSettings settings, ObjectMapper json, Clock clock) {
        TranscriptionMetrics metrics = new TranscriptionMetrics(new SimpleMeterRegistry(), settings.region());
        Problems problems = new Problems(json, metrics, NOPLogger.NOP_LOGGER);
        Answers answers = new Answers(json, metrics, clock);
        Map<String, Object> beans = new HashMap<>();
        beans.put("modeChooser", new ModeChooser(settings::thresholds));
        beans.put("answers", answers);
        beans.put("problems", problems);
        beans.put("deepgramErrors", new DeepgramErrors(json, problems));
        beans.put("openAiErrors", new OpenAiErrors(json, problems));
        beans.put("openAiChatAnswers", new ChatAnswers(json, clock));
        beans.put("openAiTranscriptionAnswer", new TranscriptionAnswer(json, answers));
        beans.put("crmSteps", rehearsing(json, clock));
        beans.put("masking", new Masking(json));
        beans.put("tenantValues", KameletsConfiguration.values(settings));
        beans.put("dialogueSteps", new DialogueSteps(json, clock));
        beans.put("speechSteps", new SpeechSteps());
        beans.put("kafkaRecords", new KafkaRecords(json));
        return beans;
    }

    private static CrmSteps rehearsing(ObjectMapper json, Clock clock) {
        CrmLogins logins = new CrmLogins(
                name -> {
                    throw new IllegalStateException("there are no secrets in cases");
                },
                clock);
        CrmCalls calls = new CrmCalls(
                (call, patience) -> {
                    throw new IllegalStateException("nobody is called in cases");
                },
                logins,
                json,
                clock);
        Jdbi nothing = Jdbi.create(() -> {
            throw new SQLException("nothing is stored in cases");
        });
        return new CrmSteps(calls, new CrmRecords(nothing), json);
    }
}
