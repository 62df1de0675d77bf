package part

import (
	"strings"
	"testing"
)

func TestABarFillsItsWidthAndShowsOneFailureAmongThousands(t *testing.T) {
	theme := newTheme(nothing, false, true)
	shares := []Share{{Count: 9_000, Kind: BarDone}, {Count: 1, Kind: BarTrouble}, {Count: 999, Kind: BarWaiting}}
	for width := 3; width < 120; width++ {
		bar := theme.Bar(width, shares)
		if len(bar) != width || strings.Count(bar, "x") != 1 {
			t.Errorf("width %d: %q", width, bar)
		}
	}
	if bar := theme.Bar(10, nil); bar != strings.Repeat(" ", 10) {
		t.Errorf("a bar of nothing is %q", bar)
	}
}
