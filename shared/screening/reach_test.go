package screening

import "testing"

// A list that is indexed anew is written some times over, and not once for every few thousand of its entries.
func TestAListIsIndexedAnewInFewSteps(t *testing.T) {
	for _, c := range []struct {
		head         int64
		steps, times int // and how often the whole list is written
	}{
		{1, 1, 1}, {5_000, 1, 1}, {18_494, 4, 3}, {100_000, 12, 6}, {1_000_000, 24, 9},
	} {
		steps, written := 0, int64(0)
		for at := int64(0); at < c.head; steps++ {
			next := reach(at, int(at), c.head)
			if next <= at || next-at > mostOfBuild {
				t.Fatalf("from %d a step goes to %d", at, next)
			}
			at = next
			written += at
		}
		if times := int((written + c.head - 1) / c.head); steps > c.steps || times > c.times {
			t.Errorf("%d entries take %d steps, which write the list %d times", c.head, steps, times)
		}
	}
	if got := reach(5_000, 0, 5_001); got != 5_001 {
		t.Errorf("the last step goes to %d", got)
	}
}
