package org.caravox.live.openai;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import org.caravox.audio.ChannelSplit;
import org.caravox.live.LiveEar;
import org.caravox.live.LiveLeg;
import org.caravox.live.LiveRequest;
import org.caravox.live.Phrase;
import org.caravox.providers.ProviderFailure;

/** One stream: its channels, each with a connection of its own. They end together, and the first that fails fails all. */
final class OpenAiLeg implements LiveLeg, LiveEar {

    private final ChannelSplit split;
    private final List<OpenAiChannel> channels = new ArrayList<>();
    private final LiveEar ear;
    private int ended;

    /** @param session what each connection begins with */
    OpenAiLeg(String provider, LiveRequest request, String session, LiveEar ear, ObjectMapper json) {
        this.split = new ChannelSplit(request.audio(), OpenAiLive.SAMPLE_RATE_HZ);
        this.ear = ear;
        for (int channel = 0; channel < request.audio().channels(); channel++) {
            channels.add(new OpenAiChannel(provider, channel, session, request.endpointing(), this, json));
        }
    }

    List<OpenAiChannel> channels() {
        return channels;
    }

    // ---- what the session does
    // ----------------------------------------------------------------------------------------

    @Override
    public void hear(byte[] audio) {
        hear(split.split(audio));
    }

    private void hear(byte[][] pcm) {
        for (int channel = 0; channel < pcm.length; channel++) {
            channels.get(channel).hear(pcm[channel]);
        }
    }

    @Override
    public boolean isFull() {
        return channels.stream().anyMatch(OpenAiChannel::isFull);
    }

    @Override
    public void settle() {
        channels.forEach(OpenAiChannel::settle);
    }

    @Override
    public void end() {
        hear(split.end());
        channels.forEach(OpenAiChannel::end);
    }

    @Override
    public void abort() {
        channels.forEach(OpenAiChannel::abort);
    }

    // ---- what a channel tells
    // -----------------------------------------------------------------------------------------

    @Override
    public void heard(Phrase phrase) {
        ear.heard(phrase);
    }

    @Override
    public void reached(int channel, double seconds) {
        ear.reached(channel, seconds);
    }

    @Override
    public void ready() {
        ear.ready();
    }

    @Override
    public void ended() {
        ended++;
        if (ended == channels.size()) {
            ear.ended();
        }
    }

    @Override
    public void failed(ProviderFailure failure) {
        abort();
        ear.failed(failure);
    }
}
