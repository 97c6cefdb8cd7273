package dev.repofleet.e2b;

import org.junit.jupiter.api.BeforeEach;

/** A sandbox of a scripted E2B, new for each test. */
abstract class FakeSandboxTest extends FakeE2bTest {
  Sandbox sandbox;

  @BeforeEach
  void create() {
    sandbox = client.create(SandboxSpec.builder().build());
  }

  /** Runs a program that behaves as told. */
  CommandResult run(String name, FakeEnvd.Program program) {
    fake.programs.put(name, program);
    return sandbox.commands().run(Command.of(name));
  }
}
