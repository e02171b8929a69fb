package org.caravox.dialogue.answers;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** A list whose questions' meanings are known. It is never changed. */
final class KnownAnswers {

    /**
     * The question that is most alike.
     *
     * @param alike how much, -1 to 1
     * @param asked the first of its entry's questions
     */
    record Match(double alike, String asked, String answer) {}

    @SuppressWarnings("ArrayRecordComponent") // never compared, never changed
    private record Known(String question, float[] meaning, String first, String answer) {}

    private final AnswerList list;
    private final List<Known> known = new ArrayList<>();
    private final Map<String, String> answersByAskBack = new HashMap<>();

    /** @param meanings the meaning of a text */
    KnownAnswers(AnswerList list, Function<String, float[]> meanings) {
        this.list = list;
        for (AnswerList.Entry entry : list.answers()) {
            List<String> questions = Optional.ofNullable(entry.questions()).orElse(List.of());
            String answer = String.valueOf(entry.answer());
            answersByAskBack.put(list.askBack(questions.get(0)), answer);
            for (String question : questions) {
                known.add(new Known(question, meanings.apply(question), questions.get(0), answer));
            }
        }
    }

    AnswerList list() {
        return list;
    }

    /** The meanings that are known, by question, so that they need not be found out again. */
    Map<String, float[]> meanings() {
        Map<String, float[]> meanings = new HashMap<>();
        known.forEach(each -> meanings.put(each.question(), each.meaning()));
        return meanings;
    }

    Match best(float[] meaning) {
        Match best = new Match(-1, "", "");
        for (Known each : known) {
            double alike = Meanings.alike(each.meaning(), meaning);
            if (alike > best.alike()) {
                best = new Match(alike, each.first(), each.answer());
            }
        }
        return best;
    }

    /** The answer that was asked back for, when the person says that it was meant. */
    Optional<String> confirmed(String saidBefore, String said) {
        String answer = answersByAskBack.get(saidBefore);
        return answer != null && isYes(said) ? Optional.of(answer) : Optional.empty();
    }

    private boolean isYes(String said) {
        String words = words(said);
        return list.yes().stream()
                .map(KnownAnswers::words)
                .anyMatch(yes -> words.equals(yes) || words.startsWith(yes + " "));
    }

    private static String words(String text) {
        return text.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N}]+", " ").strip();
    }
}
