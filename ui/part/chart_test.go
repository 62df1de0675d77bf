package part

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var chartOpens = time.Date(2026, 11, 15, 0, 0, 0, 0, time.UTC)

// nightChart is a window of four hours: so many of 100 are verified after an hour, between 40 and 60 were planned by then.
func nightChart(width int, verified float64) Chart {
	at := func(hours int) time.Time { return chartOpens.Add(time.Duration(hours) * time.Hour) }
	band := Band{}
	band.Add(at(0), 0, 0)
	band.Add(at(1), 40, 60)
	band.Add(at(4), 100, 100)
	return Chart{Scale: Scale{From: at(0), To: at(4), Width: width}, Top: 100, Now: at(1), Bands: []Band{band},
		Area: Curve{{at(0), 0}, {at(1), verified}}}
}

// screens.md, Rollout: progress against the forecast reads without colour, and with ASCII alone.
func TestAChartShowsWithoutColourWhoIsBehind(t *testing.T) {
	for _, ascii := range []bool{false, true} {
		theme := newTheme(nothing, false, ascii)
		area, band := theme.glyph().bar[BarDone], theme.glyph().bar[BarWaiting]
		for verified, want := range map[float64]string{10: " ", 50: band, 90: area} {
			lines := theme.Chart(nightChart(40, verified), 20)
			// Just before the present, at a third of the height: below the band when behind, in the area when ahead.
			column := 9
			cell := string([]rune(lines[20-1-6])[column])
			if ahead := string([]rune(lines[20-1-14])[column]); verified == 90 && ahead != area || verified == 50 && string([]rune(lines[20-1-10])[column]) != band ||
				verified == 10 && cell != want {
				t.Errorf("ascii %v, %v verified of 40 to 60 planned:\n%s", ascii, verified, strings.Join(lines, "\n"))
			}
		}
		if wall := string([]rune(theme.Chart(nightChart(40, 10), 20)[0])[10]); wall != theme.glyph().wall {
			t.Errorf("the present is %q", wall)
		}
	}
}

func TestNothingOfAChartLeavesItsPlace(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		theme := newTheme(full, false, rapid.Bool().Draw(t, "ascii"))
		width, height := rapid.IntRange(-2, 60).Draw(t, "width"), rapid.IntRange(-2, 12).Draw(t, "height")
		c := nightChart(width, float64(rapid.IntRange(-50, 500).Draw(t, "verified")))
		c.Top = rapid.IntRange(-1, 200).Draw(t, "top")
		numbers := rapid.SliceOfN(rapid.IntRange(-5, 5000), 0, 90).Draw(t, "numbers")
		for name, lines := range map[string][]string{"chart": theme.Chart(c, height), "bars": theme.Bars(numbers, 0, theme.Accent, width, height)} {
			if len(lines) != max(height, 0) {
				t.Fatalf("%s of %d lines has %d", name, height, len(lines))
			}
			for _, l := range lines {
				if Seen(l) != max(width, 0) {
					t.Fatalf("%s of %d columns takes %d: %q", name, width, Seen(l), l)
				}
			}
		}
		if n := Width(theme.Spark(numbers, width)); n > max(width, 0) || n > len(numbers) {
			t.Fatalf("%d numbers in %d columns take %d", len(numbers), width, n)
		}
		if n := Seen(theme.Hours(c.Scale, time.UTC)); n > max(width, 0) {
			t.Fatalf("times of a scale of %d columns take %d", width, n)
		}
	})
}

func TestBarsShowTheNewestAndTheSmallest(t *testing.T) {
	theme := newTheme(nothing, false, false)
	lines := theme.Bars([]int{1000, 1, 0, 500}, 0, theme.Accent, 8, 4)
	if foot := lines[3]; foot != "█ ▁ · █ " {
		t.Errorf("the foot is %q", foot)
	}
	if top := lines[0]; top != "█       " {
		t.Errorf("the top is %q", top)
	}
	if newest := theme.Spark([]int{9, 0, 4, 8}, 3); newest != "·▄█" {
		t.Errorf("the last three are %q", newest)
	}
}

func TestTimesOfAnAxisStandApart(t *testing.T) {
	theme := newTheme(nothing, false, false)
	s := Scale{From: chartOpens, To: chartOpens.Add(4 * time.Hour), Width: 64}
	if hours := theme.Hours(s, time.UTC); hours != "00:00   00:30   01:00   01:30   02:00   02:30   03:00   03:30" {
		t.Errorf("%q", hours)
	}
	s.Width = 24
	if hours := theme.Hours(s, time.FixedZone("", 3600)); hours != "01:00       03:00  05:00" {
		t.Errorf("%q", hours)
	}
}

// BenchmarkChart draws a window at the width that it has in a console of 200 columns, anew each time.
func BenchmarkChart(b *testing.B) {
	theme := newTheme(full, false, false)
	c := nightChart(100, 50)
	for b.Loop() {
		strings.Join(append(theme.Chart(c, 10), theme.Bars([]int{0, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 99, 12}, 0, theme.Accent, 38, 9)...), "\n")
	}
}
