package dev.repofleet.workflows.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.repofleet.workflows.progress.IndexRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class IndexSetTest {
  @Test
  void keepsNeighboursInOneRange() {
    IndexSet set = IndexSet.of(List.of(new IndexRange(0, 3), new IndexRange(3, 5)));

    set.add(6);
    set.add(5);

    assertThat(set.ranges()).containsExactly(new IndexRange(0, 7));
  }

  @Test
  void takesOneOutOfTheMiddle() {
    IndexSet set = IndexSet.of(List.of(new IndexRange(0, 1_000_000)));

    assertThat(set.remove(500_000)).isTrue();
    assertThat(set.remove(500_000)).isFalse();

    assertThat(set.ranges())
        .containsExactly(new IndexRange(0, 500_000), new IndexRange(500_001, 1_000_000));
    assertThat(set.size()).isEqualTo(999_999);
  }

  /** The seed is the repetition's number. */
  @RepeatedTest(50)
  void holdsWhatAPlainSetHolds(RepetitionInfo repetition) {
    Random random = new Random(repetition.getCurrentRepetition());
    IndexSet set = IndexSet.of(List.of());
    TreeSet<Integer> plain = new TreeSet<>();
    for (int step = 0; step < 500; step++) {
      int index = random.nextInt(60);
      switch (random.nextInt(3)) {
        case 0 -> assertThat(set.add(index)).isEqualTo(plain.add(index));
        case 1 -> assertThat(set.remove(index)).isEqualTo(plain.remove(index));
        default -> {
          int to = index + random.nextInt(5);
          set.addAll(index, to);
          for (int i = index; i < to; i++) {
            plain.add(i);
          }
        }
      }
      assertThat(set.size()).isEqualTo(plain.size());
      assertThat(set.contains(index)).isEqualTo(plain.contains(index));
    }
    List<Integer> each = new ArrayList<>();
    set.forEach(each::add);
    assertThat(each).containsExactlyElementsOf(plain);
    List<IndexRange> ranges = set.ranges();
    for (int i = 1; i < ranges.size(); i++) {
      assertThat(ranges.get(i - 1).to()).as("apart").isLessThan(ranges.get(i).from());
    }
  }
}
