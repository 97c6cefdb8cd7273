package dev.repofleet.worker;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import dev.repofleet.worker.activity.HeldFolder;
import java.nio.file.Files;

/** Who may see whom. */
@AnalyzeClasses(
    packages = "dev.repofleet.worker",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArrowsTest {
  /** A package is understood from those below it, and never from itself. */
  @ArchTest
  static final ArchRule no_packages_depend_on_each_other_in_a_circle =
      SlicesRuleDefinition.slices().matching("dev.repofleet.(**)").should().beFreeOfCycles();

  /** What a killed worker leaves on its disk is found by the next one there alone. */
  @ArchTest
  static final ArchRule temporary_files_are_in_held_folders =
      noClasses()
          .that()
          .doNotBelongToAnyOf(HeldFolder.class)
          .should()
          .callMethodWhere(
              target(owner(assignableTo(Files.class)).and(nameMatching("createTemp.*"))));
}
