package org.caravox.live;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.caravox.transcription.Heard;
import org.caravox.transcription.Utterance;

/**
 * All that another hub needs to go on with a session, or to store what was said in it.
 *
 * @param request   what was asked
 * @param from      where its unsettled audio begins, in bytes from the beginning of the stream
 * @param audio     that audio, whole sample frames in the request's form
 * @param channels  how far each channel is settled
 * @param script    what was said
 * @param told      what the client was told of late, should it not have it
 * @param number    the number of the last event
 * @param wished    up to where the client asked for words that it has not got, in bytes
 * @param last      who heard it last
 * @param language  in which language, BCP 47
 * @param failOvers how often another provider took over
 * @param warnings  what was asked for and not done, in sentences
 * @param age       how long ago the session began
 * @param waits     how long it waits for its client
 */
@SuppressWarnings("ArrayRecordComponent") // large, written and read once
public record LiveHandover(
        LiveRequest request,
        long from,
        byte[] audio,
        List<LiveWords.Channel> channels,
        LiveScript.Standing script,
        List<Telling.Numbered> told,
        long number,
        List<Long> wished,
        Hearer last,
        String language,
        int failOvers,
        List<String> warnings,
        Duration age,
        Duration waits) {

    private static final LiveFault NOBODY_CAME =
            new LiveFault(LiveFault.Why.HUB_STOPS, "the hub stopped, and nobody resumed the session");

    /** What the routes were not told of yet. */
    List<Utterance> unsaid() {
        return said().end();
    }

    private LiveScript said() {
        LiveScript said = new LiveScript();
        said.goOn(script);
        return said;
    }

    /** What is stored when its client does not come back: what was settled. */
    LiveRecord record() {
        Positions positions = new Positions(request.audio());
        LiveScript said = said();
        said.end();
        Heard heard = said.heard(
                last,
                language,
                positions.duration(from + audio.length),
                request.audio().channels());
        return new LiveRecord(request, heard, said.hearers(), allWarnings(positions), Optional.of(NOBODY_CAME));
    }

    private List<String> allWarnings(Positions positions) {
        if (audio.length == 0) {
            return warnings;
        }
        return Stream.concat(warnings.stream(), Stream.of(LiveSession.unheard(positions.duration(audio.length))))
                .toList();
    }
}
