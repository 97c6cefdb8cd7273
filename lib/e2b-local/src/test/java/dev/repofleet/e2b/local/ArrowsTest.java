package dev.repofleet.e2b.local;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;

/** Who may see whom. */
@AnalyzeClasses(
    packages = "dev.repofleet.e2b.local",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArrowsTest {
  /** A package is understood from those below it, and never from itself. */
  @ArchTest
  static final ArchRule no_packages_depend_on_each_other_in_a_circle =
      SlicesRuleDefinition.slices().matching("dev.repofleet.(**)").should().beFreeOfCycles();
}
