package calendar

import (
	"fmt"
	"time"
)

// Quarter is a quarter of a year: "2026-Q4".
type Quarter struct {
	Year   int
	Number int // 1 to 4
}

// QuarterOf is the quarter of a day.
func QuarterOf(d Date) Quarter { return Quarter{d.Year, (int(d.Month)-1)/3 + 1} }

func (q Quarter) String() string { return fmt.Sprintf("%04d-Q%d", q.Year, q.Number) }

// ParseQuarter reads a quarter as String writes it.
func ParseQuarter(text string) (Quarter, error) {
	var q Quarter
	if n, err := fmt.Sscanf(text, "%4d-Q%1d", &q.Year, &q.Number); err != nil || n != 2 || q.Number < 1 || q.Number > 4 || q.String() != text {
		return Quarter{}, fmt.Errorf("%.20q is no quarter: write it like 2026-Q4", text)
	}
	return q, nil
}

// First is the quarter's first day, Last its last.
func (q Quarter) First() Date { return Date{q.Year, time.Month(3*q.Number - 2), 1} }

// Last is the quarter's last day.
func (q Quarter) Last() Date { return q.Next().First().Add(-1) }

// Next is the quarter after this one.
func (q Quarter) Next() Quarter {
	if q.Number == 4 {
		return Quarter{q.Year + 1, 1}
	}
	return Quarter{q.Year, q.Number + 1}
}
