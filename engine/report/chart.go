package report

import (
	"fmt"
	"strings"
)

// Size of a chart of the stop rule's score, in its own units.
const (
	chartWidth  = 640
	chartHeight = 150
	chartTop    = 12 // above the highest value
)

// chart is the stop rule's score of a window as a line that steps up and down, with the rule's two limits.
type chart struct {
	Width, Height int
	Span          int // with the labels on the left and a margin on the right
	Ground        int // y of score 0
	WarnY, HaltY  int
	Line          string // points of the line
	Failures      []point
	Label         string
}

type point struct {
	X, Y  int
	Title string
}

// drawChart draws a score; failures are dots.
func drawChart(w Window, rule StopRule) chart {
	top := max(rule.Halt, w.Score.Peak, 1)
	y := func(score int) int {
		score = min(max(score, 0), top)
		return chartHeight - score*(chartHeight-chartTop)/top
	}
	c := chart{Width: chartWidth, Span: chartWidth + 48, Height: chartHeight + 2, Ground: chartHeight, WarnY: y(rule.Warn), HaltY: y(rule.Halt),
		Label: fmt.Sprintf("Stop score of window %s: %d steps, highest %d, halts at %d", w.ID, len(w.Score.Steps), w.Score.Peak, rule.Halt)}
	var line strings.Builder
	at := y(0)
	fmt.Fprintf(&line, "0,%d", at)
	for i, s := range w.Score.Steps {
		x := (i + 1) * chartWidth / (len(w.Score.Steps) + 1)
		fmt.Fprintf(&line, " %d,%d %d,%d", x, at, x, y(s.To))
		at = y(s.To)
		if s.To > s.From {
			c.Failures = append(c.Failures, point{x, at, fmt.Sprintf("%s %s: %d to %d", s.Server, s.Cause, s.From, s.To)})
		}
	}
	fmt.Fprintf(&line, " %d,%d", chartWidth, at)
	c.Line = line.String()
	return c
}
