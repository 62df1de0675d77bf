// Package calendar is time as people mean it: dates, what the clocks on a wall show in a zone, Patch Tuesday and quarters.
//
// In flow dates, times of day and zones; out come instants. Everything is a value or a pure function: no clock is asked. The zones'
// rules are embedded in the program, so that every machine computes the same instants.
//
// Two days a year have times of day that do not exist, or exist twice. The rule is the same everywhere in patchdeck: a time that the
// clocks skip means the first instant after the gap; a time that they show twice means the first of the two. So nothing planned for such
// a time is skipped or done twice.
//
// Start reading at Date.At in wall.go.
package calendar
