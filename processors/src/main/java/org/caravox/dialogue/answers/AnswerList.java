package org.caravox.dialogue.answers;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A list of questions and answers, as its file has it.
 *
 * @param greeting said when the person has not spoken yet
 * @param unsure   said when a question is only somewhat alike; {@code {question}} becomes that question
 * @param unknown  said when none is
 * @param yes      what a person says to an {@code unsure} that guessed right
 * @param answers  what is known
 */
record AnswerList(String greeting, String unsure, String unknown, List<String> yes, List<Entry> answers) {

    private static final String QUESTION = "{question}";

    /**
     * One thing that is known.
     *
     * @param answer    what is said
     * @param questions the ways to ask for it; the first is the one that is asked back
     */
    record Entry(@Nullable String answer, @Nullable List<String> questions) {}

    @JsonCreator
    AnswerList(
            @JsonProperty("greeting") @Nullable String greeting,
            @JsonProperty("unsure") @Nullable String unsure,
            @JsonProperty("unknown") @Nullable String unknown,
            @JsonProperty("yes") @Nullable List<String> yes,
            @JsonProperty("answers") @Nullable List<Entry> answers) {
        this.greeting = greeting == null ? "Hello, how can I help you?" : greeting;
        this.unsure = unsure == null ? "Did you mean: {question}" : unsure;
        this.unknown = unknown == null ? "I am sorry, I do not know that." : unknown;
        this.yes = yes == null ? List.of("yes") : List.copyOf(yes);
        this.answers = answers == null ? List.of() : List.copyOf(answers);
        if (this.answers.isEmpty()) {
            throw new IllegalArgumentException("answers is empty: it must list at least one answer with its questions");
        }
        if (!this.unsure.contains(QUESTION)) {
            throw new IllegalArgumentException("unsure must hold " + QUESTION + ", was \"" + this.unsure + "\"");
        }
        for (Entry entry : this.answers) {
            check(entry);
        }
    }

    private static void check(Entry entry) {
        String answer = entry.answer();
        List<String> questions = entry.questions();
        if (answer == null || answer.isBlank()) {
            throw new IllegalArgumentException("an entry of answers has no answer");
        }
        boolean asked = questions != null
                && !questions.isEmpty()
                && questions.stream().noneMatch(question -> question == null || question.isBlank());
        if (!asked) {
            throw new IllegalArgumentException("answer \"" + answer + "\" has no questions, or an empty one");
        }
    }

    /** What asks back whether a question was meant. */
    String askBack(String question) {
        return unsure.replace(QUESTION, question);
    }
}
