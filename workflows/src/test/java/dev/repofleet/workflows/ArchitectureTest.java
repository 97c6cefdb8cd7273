package dev.repofleet.workflows;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import io.temporal.activity.ActivityInterface;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowVersioningBehavior;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Random;
import java.util.Set;
import java.util.Timer;
import java.util.UUID;
import java.util.WeakHashMap;

/** What this module may see, and what keeps its workflow code deterministic. */
@AnalyzeClasses(
    packages = "dev.repofleet.workflows",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  private static final String CLIENT = "dev.repofleet.workflows.client..";

  @ArchTest
  static final ArchRule seesTheTemporalSdkAndLittleElse =
      classes()
          .that(resideInAPackage("dev.repofleet.workflows..").and(not(resideInAPackage(CLIENT))))
          .should()
          .onlyDependOnClassesThat(
              resideInAnyPackage(
                      "java..",
                      "io.temporal..",
                      // The metrics of Temporal's own interface: WorkflowMetrics.
                      "com.uber.m3..",
                      "com.fasterxml.jackson.annotation..",
                      "org.slf4j..",
                      "org.jspecify..",
                      "dev.repofleet.workflows..")
                  .and(not(resideInAPackage(CLIENT))));

  /** A package is understood from those below it, and never from itself. */
  @ArchTest
  static final ArchRule hasNoCyclesBetweenPackages =
      SlicesRuleDefinition.slices().matching("dev.repofleet.(**)").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule opensConnectionsInOnePackage =
      classes()
          .that()
          .resideInAPackage(CLIENT)
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "java..",
              "io.temporal..",
              "io.grpc..",
              "com.google.protobuf..",
              // Payloads are encrypted here.
              "javax.crypto..",
              "org.slf4j..",
              "org.jspecify..",
              "dev.repofleet.workflows..");

  @ArchTest
  static final ArchRule usesNoClockRandomnessThreadOrInputOutput =
      noClasses()
          .that()
          .resideOutsideOfPackage(CLIENT)
          .should()
          .dependOnClassesThat(
              resideInAnyPackage(
                      "java.io..",
                      "java.nio.file..",
                      "java.nio.channels..",
                      "java.net..",
                      "java.util.concurrent..")
                  // Records compile to a bootstrap that names it; nothing is serialized by it.
                  .and(not(JavaClass.Predicates.equivalentTo(java.io.Serializable.class)))
                  .or(
                      JavaClass.Predicates.belongToAnyOf(
                          Thread.class,
                          ThreadLocal.class,
                          Runtime.class,
                          Process.class,
                          ProcessBuilder.class,
                          Clock.class,
                          Random.class,
                          SecureRandom.class,
                          Timer.class)));

  @ArchTest
  static final ArchRule asksTheWorkflowForTheTime =
      noClasses()
          .that()
          .resideOutsideOfPackage(CLIENT)
          .should()
          .callMethod(System.class, "currentTimeMillis")
          .orShould()
          .callMethod(System.class, "nanoTime")
          .orShould()
          .callMethod(System.class, "getenv")
          .orShould()
          .callMethod(System.class, "getenv", String.class)
          .orShould()
          .callMethod(System.class, "getProperty", String.class)
          .orShould()
          .callMethod(System.class, "identityHashCode", Object.class)
          .orShould()
          .callMethod(Instant.class, "now")
          .orShould()
          .callMethod(UUID.class, "randomUUID")
          .orShould()
          .callMethod(Math.class, "random");

  /** Their order differs from one process to the next, and with it commands or payloads. */
  @ArchTest
  static final ArchRule keepsMapsAndSetsInOrder =
      noClasses()
          .that()
          .resideOutsideOfPackage(CLIENT)
          .should()
          .dependOnClassesThat(
              JavaClass.Predicates.belongToAnyOf(
                  HashMap.class, HashSet.class, IdentityHashMap.class, WeakHashMap.class))
          .orShould()
          .dependOnClassesThat()
          .haveFullyQualifiedName("java.util.concurrent.ConcurrentHashMap");

  /** Sent by workers without a version too, whose every answer the server then refuses. */
  @ArchTest
  static final ArchRule leavesVersioningToTheWorker =
      noMethods().should().beAnnotatedWith(WorkflowVersioningBehavior.class);

  @ArchTest
  static final ArchRule takesAndGivesRecordsAndEnums =
      classes()
          .that()
          .areAnnotatedWith(ActivityInterface.class)
          .or()
          .areAnnotatedWith(WorkflowInterface.class)
          .should(takeAndGivePayloads());

  @ArchTest
  static final ArchRule marksOnlyRecordsAsPayloads =
      classes().that().areAnnotatedWith(Payload.class).should().beRecords();

  @ArchTest
  static final ArchRule locksNothing =
      noClasses()
          .that()
          .resideOutsideOfPackage(CLIENT)
          .should(
              new ArchCondition<>("have synchronized methods") {
                @Override
                public void check(JavaClass item, ConditionEvents events) {
                  for (JavaMethod method : item.getMethods()) {
                    boolean locks = method.getModifiers().contains(JavaModifier.SYNCHRONIZED);
                    events.add(
                        new SimpleConditionEvent(
                            method, locks, method.getFullName() + " is synchronized"));
                  }
                }
              });

  private static ArchCondition<JavaClass> takeAndGivePayloads() {
    return new ArchCondition<>("take at most one record and give records") {
      @Override
      public void check(JavaClass contract, ConditionEvents events) {
        for (JavaMethod method : contract.getMethods()) {
          Deque<JavaClass> types = new ArrayDeque<>(method.getRawParameterTypes());
          check(events, method, types.size() <= 1, "more than one input");
          types.add(method.getRawReturnType());
          Set<JavaClass> seen = new HashSet<>();
          while (!types.isEmpty()) {
            JavaClass type = types.remove();
            if (type.isEquivalentTo(void.class) || !seen.add(type)) {
              continue;
            }
            boolean marked = type.isRecord() && type.isAnnotatedWith(Payload.class);
            check(events, method, marked || type.isEnum(), type.getName());
            if (marked) {
              type.getFields().stream()
                  .filter(field -> !field.getModifiers().contains(JavaModifier.STATIC))
                  .flatMap(field -> field.getAllInvolvedRawTypes().stream())
                  .filter(OURS)
                  .forEach(types::add);
            }
          }
        }
      }

      private void check(
          ConditionEvents events, JavaMethod method, boolean satisfied, String what) {
        events.add(
            new SimpleConditionEvent(
                method, satisfied, method.getFullName() + " is not of payloads: " + what));
      }
    };
  }

  private static final DescribedPredicate<JavaClass> OURS =
      resideInAPackage("dev.repofleet.workflows..");
}
