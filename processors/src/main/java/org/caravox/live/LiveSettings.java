package org.caravox.live;

import java.time.Duration;

/**
 * How live streams are treated.
 *
 * @param sessions     how many may be live on this hub
 * @param trail        how much audio is kept until its words are settled, for the next provider
 * @param settleAfter  after how much audio without settled words they are asked for; less than {@code trail}
 * @param pace         how much faster than real time audio is taken
 * @param burst        how much audio may come at once, ahead of its pace
 * @param backlog      how much audio may wait for a slow provider before its sender is held back
 * @param silence      after how long without audio or a sign of life a stream is closed
 * @param idle         after how long without audio a stream is closed, signs of life or not
 * @param longest      how long a stream may last
 * @param stall        after how long a provider that gets audio and tells nothing is given up
 * @param openWithin   how long the opening of a provider may take, over all that are tried
 * @param endWithin    how long the last words may take
 * @param resumeWithin how long a session waits for a client that lost its socket
 * @param warm         whether a second provider is held open beside the first
 */
public record LiveSettings(
        int sessions,
        Duration trail,
        Duration settleAfter,
        double pace,
        Duration burst,
        Duration backlog,
        Duration silence,
        Duration idle,
        Duration longest,
        Duration stall,
        Duration openWithin,
        Duration endWithin,
        Duration resumeWithin,
        boolean warm) {

    public LiveSettings {
        if (settleAfter.compareTo(trail) >= 0) {
            throw new IllegalArgumentException(
                    "caravox.live.settle-after must be less than caravox.live.trail, which is " + trail);
        }
        if (pace < 1) {
            throw new IllegalArgumentException("caravox.live.pace must be at least 1, was " + pace);
        }
    }
}
