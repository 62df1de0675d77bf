package soap

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// durationUnits are the designators before and after the T of an XML duration; years and months have no fixed length and
// are refused.
var (
	dayUnits  = map[byte]time.Duration{'D': 24 * time.Hour}
	timeUnits = map[byte]time.Duration{'H': time.Hour, 'M': time.Minute, 'S': time.Second}
)

const maxDuration = 10 * 365 * 24 * time.Hour

// ParseDuration reads an XML duration such as PT60S, PT7200.000S or P0DT1H30M.
func ParseDuration(text string) (time.Duration, error) {
	malformed := fmt.Errorf("%q is not a duration", text)
	rest, negative := strings.CutPrefix(text, "-")
	rest, ok := strings.CutPrefix(rest, "P")
	if !ok || len(text) > 40 {
		return 0, malformed
	}
	days, clock, timed := strings.Cut(rest, "T")
	if days == "" && clock == "" || timed && clock == "" {
		return 0, malformed
	}
	total := 0.0
	for _, part := range []struct {
		text  string
		units map[byte]time.Duration
	}{{days, dayUnits}, {clock, timeUnits}} {
		for part.text != "" {
			length := strings.IndexAny(part.text, "DHMSWY")
			if length < 0 {
				return 0, malformed
			}
			unit, known := part.units[part.text[length]]
			number, err := strconv.ParseFloat(part.text[:length], 64)
			if !known || err != nil || number < 0 {
				return 0, malformed
			}
			total += number * float64(unit)
			part.text = part.text[length+1:]
		}
	}
	if !(total <= float64(maxDuration)) {
		return 0, fmt.Errorf("%q is too long", text)
	}
	if negative {
		total = -total
	}
	return time.Duration(total), nil
}
