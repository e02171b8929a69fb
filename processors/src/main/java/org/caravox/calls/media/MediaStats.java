package org.caravox.calls.media;

import java.time.Duration;

/**
 * How the audio of a leg goes.
 *
 * @param codec          what it is sent in; {@code none} before an answer
 * @param encrypted      whether by SRTP
 * @param sent           packets
 * @param received       packets that could be used
 * @param lost           packets that never came
 * @param late           packets that came after their time
 * @param duplicated     packets that came twice
 * @param refused        packets that were not RTP, not from the party, or not authentic
 * @param concealed      audio that was made up for what was lost
 * @param jitter         interarrival jitter, RFC 3550 section 6.4.1
 * @param buffered       how long the jitter buffer holds audio back now
 * @param roundTrip      by RTCP; zero when unknown
 * @param lateSent       frames that were sent more than 10 ms after their time
 * @param mos            1 to 4.5, estimated by the E-model of ITU-T G.107 from codec, loss and delay
 */
public record MediaStats(
        String codec,
        boolean encrypted,
        long sent,
        long received,
        long lost,
        long late,
        long duplicated,
        long refused,
        Duration concealed,
        Duration jitter,
        Duration buffered,
        Duration roundTrip,
        long lateSent,
        double mos) {}
