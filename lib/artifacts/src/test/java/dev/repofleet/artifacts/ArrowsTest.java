package dev.repofleet.artifacts;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;

/** Who may see whom. */
@AnalyzeClasses(
    packages = "dev.repofleet.artifacts",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArrowsTest {
  /** A package is understood from those below it, and never from itself. */
  @ArchTest
  static final ArchRule no_packages_depend_on_each_other_in_a_circle =
      SlicesRuleDefinition.slices().matching("dev.repofleet.(**)").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule what_is_found_knows_neither_who_asked_nor_where =
      noClasses()
          .that()
          .resideInAPackage("dev.repofleet.artifacts.finding")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "dev.repofleet.artifacts.plan",
              "dev.repofleet.artifacts.target",
              "dev.repofleet.artifacts.result");
}
