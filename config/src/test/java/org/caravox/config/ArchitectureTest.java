package org.caravox.config;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;

/** Which part may know which. */
@AnalyzeClasses(packages = "org.caravox", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    private static final String[] PROCESSORS = {
        "org.caravox.agents..",
        "org.caravox.audio..",
        "org.caravox.audit..",
        "org.caravox.batches..",
        "org.caravox.crm..",
        "org.caravox.deliveries..",
        "org.caravox.dialogue..",
        "org.caravox.events..",
        "org.caravox.jobs..",
        "org.caravox.live..",
        "org.caravox.masking..",
        "org.caravox.providers..",
        "org.caravox.publishing..",
        "org.caravox.recordings..",
        "org.caravox.requests..",
        "org.caravox.scoring..",
        "org.caravox.speech..",
        "org.caravox.tenants..",
        "org.caravox.transcription..",
        "org.caravox.usage.."
    };
    private static final List<String> CONNECTORS =
            List.of("door", "fetch", "posts", "queue", "routes", "rtp", "sip", "tables", "webhook");

    @ArchTest
    static final ArchRule processors_know_no_spring = noClasses()
            .that()
            .resideInAnyPackage(PROCESSORS)
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.springframework..");

    @ArchTest
    static final ArchRule processors_know_of_camel_its_parameter_annotations_only = noClasses()
            .that()
            .resideInAnyPackage(PROCESSORS)
            .should()
            .dependOnClassesThat(resideInAPackage("org.apache.camel..")
                    .and(com.tngtech.archunit.base.DescribedPredicate.not(
                            nameMatching("org\\.apache\\.camel\\.(Body|ExchangeProperty|Header)"))));

    @ArchTest
    static final ArchRule processors_know_neither_connectors_nor_the_application = noClasses()
            .that()
            .resideInAnyPackage(PROCESSORS)
            .should()
            .dependOnClassesThat(resideInAnyPackage(
                    "org.caravox.door..",
                    "org.caravox.fetch..",
                    "org.caravox.outbound..",
                    "org.caravox.queue..",
                    "org.caravox.webhook..",
                    "org.caravox.config..",
                    "org.caravox.cli.."));

    @ArchTest
    static final ArchRule connectors_know_neither_the_application_nor_its_framework = noClasses()
            .that()
            .resideInAnyPackage(CONNECTORS.stream()
                    .map(name -> "org.caravox." + name + "..")
                    .toArray(String[]::new))
            .should()
            .dependOnClassesThat(
                    resideInAnyPackage("org.caravox.config..", "org.caravox.cli..", "org.springframework..")
                            // Camel's component for RabbitMQ is made of it.
                            .and(com.tngtech.archunit.base.DescribedPredicate.not(
                                    resideInAPackage("org.springframework.amqp.."))));

    @ArchTest
    static final ArchRule features_do_not_depend_on_each_other_in_circles =
            slices().matching("org.caravox.(*)..").should().beFreeOfCycles();

    @ArchTest
    static void connectors_do_not_know_each_other(JavaClasses classes) {
        for (String connector : CONNECTORS) {
            String[] others = CONNECTORS.stream()
                    .filter(other -> !other.equals(connector))
                    .map(other -> "org.caravox." + other + "..")
                    .toArray(String[]::new);
            noClasses()
                    .that()
                    .resideInAPackage("org.caravox." + connector + "..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(others)
                    .check(classes);
        }
    }
}
