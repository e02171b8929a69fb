package org.caravox.dialogue.answers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.caravox.dialogue.ChatRequest;
import org.caravox.dialogue.LanguageModel;
import org.caravox.dialogue.LanguageModelContract;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AnswersModelTest extends LanguageModelContract {

    private static final Path SHIPPED = Path.of("../config/settings/answers/default.yaml");
    private static final Path CACHE = Path.of("target/answers-cache");
    private static final String BEACH =
            """
            unknown: No idea.
            unsure: "You mean: {question}"
            answers:
              - answer: The beach is open all day.
                questions: ["When is the beach open?"]
            """;

    @TempDir
    Path folder = SHIPPED; // set anew for each test

    private AnswersModel model = new AnswersModel(settings(Path.of("."), 0.5, 0.3));

    @BeforeAll
    static void quiet() {
        System.setProperty("ai.djl.offline", "true");
    }

    @BeforeEach
    void shippedList() throws IOException {
        Files.copy(SHIPPED, folder.resolve("default.yaml"));
        model = new AnswersModel(settings(folder, 0.5, 0.3));
    }

    @AfterEach
    void close() {
        model.close();
    }

    @Override
    protected LanguageModel model() {
        return model;
    }

    private static AnswersSettings settings(Path folder, double answerAbove, double askAbove) {
        return new AnswersSettings("answers", folder, CACHE, answerAbove, askAbove);
    }

    /** Phrases that are not in the list, and a word of the answer that each should get. */
    private static final Map<String, List<String>> PARAPHRASES = Map.of(
            "Tuesday",
            List.of(
                    "what hours do you have",
                    "until when are you open in the evening",
                    "are you open on saturday",
                    "at what time can I come for lunch",
                    "when are you closed",
                    "tell me your business hours",
                    "what days are you open",
                    "is the restaurant open right now"),
            "Garden Street",
            List.of(
                    "where can I find you",
                    "how do I get there",
                    "what street is the restaurant on",
                    "can you give me directions",
                    "where do I leave my car",
                    "which part of town are you in",
                    "tell me the address please",
                    "is there a parking lot"),
            "book the table",
            List.of(
                    "I'd like to book a table for two",
                    "can I get a table for tomorrow night",
                    "a reservation for saturday please",
                    "do you have room for six people",
                    "I want to reserve",
                    "is there a free table at eight",
                    "we would like to come for dinner on friday",
                    "could you put me down for seven o'clock"),
            "Under which name",
            List.of(
                    "I want to cancel",
                    "please change my reservation",
                    "can we move our booking to sunday",
                    "I can't make it tonight, cancel my table",
                    "we have to postpone our reservation",
                    "call off my booking"),
            "euros",
            List.of(
                    "how expensive are you",
                    "what would dinner cost",
                    "tell me the price of a meal",
                    "how much money do I need",
                    "is it cheap",
                    "what does the menu cost"),
            "colleague",
            List.of(
                    "let me speak to someone",
                    "I need a human being",
                    "transfer me to a person",
                    "can I talk to your boss",
                    "I'd rather talk to a real human",
                    "get me an agent"),
            "welcome",
            List.of("thanks", "thank you very much", "that helped a lot, thank you", "many thanks"),
            "Goodbye",
            List.of("bye bye", "have a good day, goodbye", "that's all, bye", "see you"));

    @Test
    void most_paraphrases_get_the_right_answer_and_few_a_wrong_one() throws Exception {
        List<String> wrong = new ArrayList<>();
        List<String> asksBack = new ArrayList<>();
        List<String> unknown = new ArrayList<>();
        int all = 0;
        for (Map.Entry<String, List<String>> entry : PARAPHRASES.entrySet()) {
            for (String said : entry.getValue()) {
                all++;
                String answer = answer("acme", said);
                if (answer.startsWith("I am not sure")) {
                    asksBack.add(said);
                } else if (answer.startsWith("I am sorry")) {
                    unknown.add(said);
                } else if (!answer.contains(entry.getKey())) {
                    wrong.add(said + " -> " + answer);
                }
            }
        }
        int right = all - wrong.size() - asksBack.size() - unknown.size();

        assertThat(right)
                .as("%d of %d right; wrong: %s; asks back: %s; unknown: %s", right, all, wrong, asksBack, unknown)
                .isGreaterThanOrEqualTo(all * 7 / 10);
        assertThat(wrong).hasSizeLessThanOrEqualTo(all / 10);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "who won the football match in 1954",
                "the square root of two is irrational",
                "my printer is out of ink",
                "translate this sentence to Finnish"
            })
    void what_nobody_taught_it_it_does_not_know(String said) throws Exception {
        assertThat(answer("acme", said)).startsWith("I am sorry, I do not know that.");
    }

    @Test
    void the_thresholds_decide_between_answering_asking_back_and_not_knowing() throws Exception {
        String somewhatAlike = "when can I go swimming";
        write("acme", BEACH);

        try (AnswersModel sure = new AnswersModel(settings(folder, 0.1, 0.1));
                AnswersModel unsure = new AnswersModel(settings(folder, 0.95, 0.1));
                AnswersModel strict = new AnswersModel(settings(folder, 0.95, 0.95))) {
            assertThat(answer(sure, "acme", somewhatAlike)).isEqualTo("The beach is open all day.");
            assertThat(answer(unsure, "acme", somewhatAlike)).isEqualTo("You mean: When is the beach open?");
            assertThat(answer(strict, "acme", somewhatAlike)).isEqualTo("No idea.");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Yes.", "yes please", "Yes, that one!"})
    void who_says_yes_to_what_was_asked_back_gets_its_answer(String yes) throws Exception {
        write("acme", BEACH);
        ObjectNode body = JSON.createObjectNode();
        ArrayNode messages = body.putArray("messages");
        messages.addObject().put("role", "user").put("content", "swimming?");
        messages.addObject().put("role", "assistant").put("content", "You mean: When is the beach open?");
        messages.addObject().put("role", "user").put("content", yes);

        assertThat(content(model, asking("acme", body))).isEqualTo("The beach is open all day.");
    }

    @Test
    void a_conversation_in_which_the_person_has_not_spoken_begins_with_a_greeting() throws Exception {
        ChatRequest begin = request("{'messages':[{'role':'system','content':'You are a waiter.'}]}");

        assertThat(content(model, begin)).isEqualTo("Hello, this is the Garden Restaurant. How can I help you?");
    }

    @Test
    void a_tenant_with_its_own_list_sees_it_alone_and_nobody_else_does() throws Exception {
        write("acme", BEACH);

        assertThat(answer("acme", "When is the beach open?")).isEqualTo("The beach is open all day.");
        assertThat(answer("acme", "What is your address?")).doesNotContain("Garden Street");
        assertThat(answer("other", "What is your address?")).contains("Garden Street");
        assertThat(answer("other", "When is the beach open?")).doesNotContain("beach");
        assertThat(answer("../acme", "When is the beach open?")).doesNotContain("beach");
    }

    @Test
    void a_list_is_read_again_when_its_file_changes() throws Exception {
        write("acme", BEACH);
        assertThat(answer("acme", "When is the beach open?")).isEqualTo("The beach is open all day.");

        write("acme", BEACH.replace("all day", "at night, too"));

        await("acme", "When is the beach open?", "The beach is open at night, too.");
    }

    @Test
    void a_tenant_whose_list_is_taken_away_has_that_for_all_again() throws Exception {
        write("acme", BEACH);
        assertThat(answer("acme", "When is the beach open?")).isEqualTo("The beach is open all day.");

        Files.delete(folder.resolve("acme.yaml"));

        assertThat(answer("acme", "What is your address?")).contains("Garden Street");
    }

    @Test
    void a_broken_file_keeps_the_last_good_list_until_it_is_mended() throws Exception {
        write("acme", BEACH);
        assertThat(answer("acme", "When is the beach open?")).isEqualTo("The beach is open all day.");

        write("acme", "answers: [{answer: only, qestions: [typo]}]");
        assertThat(answer("acme", "When is the beach open?")).isEqualTo("The beach is open all day.");
        assertThat(answer("acme", "When is the beach open?")).isEqualTo("The beach is open all day.");

        write("acme", BEACH.replace("all day", "again"));
        await("acme", "When is the beach open?", "The beach is open again.");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "answers: []",
                "answers: [{answer: a}]",
                "answers: [{questions: [q]}]",
                "answers: [{answer: a, questions: [q]}]\nunsure: what?",
                "answers: {",
                ""
            })
    void a_list_that_was_never_good_answers_nothing_and_not_with_that_for_all(String broken) throws Exception {
        write("acme", broken);

        assertThatThrownBy(() -> answer("acme", "What is your address?"))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("the answers cannot be read: ");
    }

    @Test
    void without_any_list_it_says_which_file_is_missing() throws Exception {
        Files.delete(folder.resolve("default.yaml"));

        assertThatThrownBy(() -> answer("acme", "hello")).hasMessageContaining("default.yaml is missing");
    }

    @Test
    void many_callers_of_many_tenants_at_once_get_their_own_answers() throws Exception {
        List<Callable<String>> calls = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            String tenant = "tenant-" + i % 8;
            write(tenant, BEACH.replace("all day", "for " + tenant));
            calls.add(() -> tenant + " " + answer(tenant, "When is the beach open?"));
        }
        ExecutorService callers = Executors.newFixedThreadPool(16);
        try {
            for (Future<String> call : callers.invokeAll(calls)) {
                assertThat(call.get()).matches("(tenant-\\d) The beach is open for \\1\\.");
            }
        } finally {
            callers.shutdownNow();
        }
    }

    @Test
    void what_it_does_not_honour_is_told() throws Exception {
        ChatRequest asked = request("{'messages':[{'role':'user','content':'hi'}],'tools':[{'type':'function'}],"
                + "'response_format':{'type':'json_object'},'n':1,'logprobs':false,'stop':null,'user':'u'}");

        assertThat(model.cannot(asked)).isEqualTo(Set.of("response_format", "tools"));
    }

    @Test
    void thresholds_that_make_no_sense_are_refused() {
        assertThatThrownBy(() -> settings(folder, 0.3, 0.5))
                .hasMessage("provider answers: option ask-above must be from 0 to answer-above (0.3), was 0.5");
        assertThatThrownBy(() -> settings(folder, 1.3, 0.5))
                .hasMessage("provider answers: option answer-above must be over 0 and up to 1, was 1.3");
    }

    private void write(String tenant, String yaml) throws IOException {
        Path partial = Files.writeString(folder.resolve(tenant + ".part"), yaml);
        Files.move(
                partial,
                folder.resolve(tenant + ".yaml"),
                java.nio.file.StandardCopyOption.ATOMIC_MOVE,
                java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    }

    private void await(String tenant, String said, String answer) {
        Awaitility.await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(answer(tenant, said))
                .isEqualTo(answer));
    }

    private String answer(String tenant, String said) throws Exception {
        return answer(model, tenant, said);
    }

    private String answer(AnswersModel of, String tenant, String said) throws Exception {
        ObjectNode body = JSON.createObjectNode();
        body.putArray("messages").addObject().put("role", "user").put("content", said);
        return content(of, asking(tenant, body));
    }

    private String content(AnswersModel of, ChatRequest request) throws Exception {
        return of.reply(request, attempt())
                .choices()
                .path(0)
                .path("message")
                .path("content")
                .asText();
    }
}
