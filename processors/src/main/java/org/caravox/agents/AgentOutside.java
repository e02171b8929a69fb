package org.caravox.agents;

import java.time.Clock;
import java.util.concurrent.Executor;
import org.caravox.dialogue.Dialogue;
import org.caravox.live.LiveSessions;
import org.caravox.speech.Speech;

/**
 * What agents need of the hub.
 *
 * @param live     who hears
 * @param dialogue who thinks
 * @param speech   who speaks
 * @param steps    the routes
 * @param records  where conversations are kept
 * @param workers  threads that wait for providers: a conversation takes two at most, and what is too much is refused
 * @param writers  threads that write; what is too much waits
 * @param clock    the time
 */
public record AgentOutside(
        LiveSessions live,
        Dialogue dialogue,
        Speech speech,
        AgentSteps steps,
        ConversationRecords records,
        Executor workers,
        Executor writers,
        Clock clock) {}
