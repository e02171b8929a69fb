package org.caravox.dialogue.answers;

import java.nio.file.Path;

/**
 * What is set for the answers from lists.
 *
 * @param name        the provider's name
 * @param folder      where the lists are: {@code TENANT.yaml}, or {@code default.yaml} for those without their own
 * @param cache       where native code is unpacked
 * @param answerAbove how alike a question must be to be answered, 0 to 1
 * @param askAbove    how alike it must be to be asked back, 0 to {@code answerAbove}
 */
public record AnswersSettings(String name, Path folder, Path cache, double answerAbove, double askAbove) {

    public static final double USUAL_ANSWER_ABOVE = 0.5;
    public static final double USUAL_ASK_ABOVE = 0.3;

    public AnswersSettings {
        if (!(answerAbove > 0 && answerAbove <= 1)) {
            throw new IllegalArgumentException(
                    "provider " + name + ": option answer-above must be over 0 and up to 1, was " + answerAbove);
        }
        if (!(askAbove >= 0 && askAbove <= answerAbove)) {
            throw new IllegalArgumentException("provider " + name
                    + ": option ask-above must be from 0 to answer-above (" + answerAbove + "), was " + askAbove);
        }
    }
}
