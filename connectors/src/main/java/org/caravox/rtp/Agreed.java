package org.caravox.rtp;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import org.caravox.calls.media.Codec;
import org.caravox.calls.media.MediaDescription.SrtpKey;

/**
 * What two parties have agreed on.
 *
 * @param sent      what we send, with the number that they gave it
 * @param sentKeys  how we send keys; empty when they do not understand them
 * @param received  all that may come, with its number: ours and theirs
 * @param rtp       where they said that audio goes
 * @param rtcp      where they said that reports go
 * @param weSend    whether audio goes to them
 * @param theySend  whether audio comes from them
 * @param packetMs  how much is in a packet that we send
 * @param ourKey    for what we send; empty when nothing is encrypted
 * @param theirKey  for what they send
 */
record Agreed(
        Codec sent,
        Optional<Codec> sentKeys,
        List<Codec> received,
        InetSocketAddress rtp,
        InetSocketAddress rtcp,
        boolean weSend,
        boolean theySend,
        int packetMs,
        Optional<SrtpKey> ourKey,
        Optional<SrtpKey> theirKey) {}
