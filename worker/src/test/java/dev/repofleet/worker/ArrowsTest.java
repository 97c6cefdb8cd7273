package dev.repofleet.worker;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import dev.repofleet.worker.activity.HeldFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;

/** Who may see whom. */
@AnalyzeClasses(
    packages = "dev.repofleet.worker",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArrowsTest {
  private static final Class<?> ATTRIBUTES = FileAttribute[].class;

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
          .callMethod(Files.class, "createTempFile", String.class, String.class, ATTRIBUTES)
          .orShould()
          .callMethod(
              Files.class, "createTempFile", Path.class, String.class, String.class, ATTRIBUTES)
          .orShould()
          .callMethod(Files.class, "createTempDirectory", String.class, ATTRIBUTES)
          .orShould()
          .callMethod(Files.class, "createTempDirectory", Path.class, String.class, ATTRIBUTES);
}
