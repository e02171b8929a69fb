package org.caravox.config;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Clock;
import org.caravox.door.LeadScorePages;
import org.caravox.events.Events;
import org.caravox.scoring.LeadScores;
import org.caravox.scoring.LeadScoring;
import org.caravox.scoring.RuleSets;
import org.caravox.transcription.Transcripts;
import org.jdbi.v3.core.Jdbi;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** How promising calls are: the rules are in {@code config/settings/scoring}. */
@Configuration(proxyBeanMethods = false)
class ScoringConfiguration {

    @Bean
    RuleSets ruleSets(CaravoxSettings settings) {
        return RuleSets.in(settings.home().resolve("config/settings/scoring"));
    }

    @Bean
    LeadScores leadScores(Jdbi database, ObjectMapper json) {
        return new LeadScores(database, json);
    }

    @Bean
    LeadScoring leadScoring(
            Jdbi database, RuleSets rules, LeadScores scores, Transcripts transcripts, Events events, Clock clock) {
        return new LeadScoring(database, rules, scores, transcripts, events, clock);
    }

    @Bean
    Enrolment scoringEnrolment(LeadScoring scoring) {
        return scoring::listen;
    }

    @Bean
    LeadScorePages leadScorePages(LeadScores scores, LeadScoring scoring, ObjectMapper json) {
        return new LeadScorePages(scores, scoring, json);
    }
}
