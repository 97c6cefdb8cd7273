package dev.repofleet.worker.git;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Names languages by the endings of files. */
final class Languages {
  private static final int SHOWN = 5;

  private static final Map<String, String> BY_ENDING = new HashMap<>();

  static {
    String table =
        """
        Assembly: asm s
        C: c h
        C#: cs csx
        C++: cc cpp cxx hh hpp hxx
        CSS: css scss sass less
        Clojure: clj cljs cljc
        Dart: dart
        Dockerfile: dockerfile /Dockerfile /Containerfile
        Elixir: ex exs
        Elm: elm
        Erlang: erl hrl
        F#: fs fsi fsx
        Go: go
        Groovy: groovy gradle /Jenkinsfile
        HCL: tf hcl tfvars
        HTML: html htm
        Haskell: hs lhs
        Java: java
        JavaScript: js jsx mjs cjs
        Jupyter: ipynb
        Julia: jl
        Kotlin: kt kts
        Lua: lua
        Make: mk /Makefile /GNUmakefile
        Nix: nix
        OCaml: ml mli
        Objective-C: m mm
        PHP: php phtml
        Perl: pl pm
        PowerShell: ps1 psm1
        Protocol Buffers: proto
        Python: py pyi pyx
        R: r rmd
        Ruby: rb rake /Rakefile /Gemfile
        Rust: rs
        SQL: sql
        Scala: scala sbt sc
        Shell: sh bash zsh fish
        Solidity: sol
        Svelte: svelte
        Swift: swift
        Terraform: tofu
        TypeScript: ts tsx mts cts
        Vue: vue
        YAML: yml yaml
        Zig: zig
        """;
    table
        .lines()
        .forEach(
            line -> {
              int colon = line.indexOf(':');
              for (String ending : line.substring(colon + 2).split(" ", -1)) {
                BY_ENDING.put(ending, line.substring(0, colon));
              }
            });
  }

  private Languages() {}

  /**
   * A language of a repository.
   *
   * @param percent of the bytes in all known languages, rounded
   */
  record Share(String language, int percent) {}

  /**
   * The most common languages by bytes, at most five; files of no known language don't count.
   *
   * @param bytes by ending without its dot, or by {@code /} and the name of a file without one
   */
  static List<Share> mostCommon(Map<String, Long> bytes) {
    Map<String, Long> byLanguage = new HashMap<>();
    bytes.forEach(
        (ending, size) -> {
          String key = ending.startsWith("/") ? ending : ending.toLowerCase(Locale.ROOT);
          String language = BY_ENDING.get(key);
          if (language != null) {
            byLanguage.merge(language, size, Long::sum);
          }
        });
    double all = Math.max(1, byLanguage.values().stream().mapToLong(Long::longValue).sum());
    return byLanguage.entrySet().stream()
        .sorted(
            Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
                .thenComparing(Map.Entry.comparingByKey()))
        .limit(SHOWN)
        .map(entry -> new Share(entry.getKey(), (int) Math.round(100 * entry.getValue() / all)))
        .toList();
  }
}
