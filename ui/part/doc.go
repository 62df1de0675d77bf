// Package part holds the pieces that the console's screens are made of: theme and inks, lines and sheets of text, list, table, grid, bar, chart,
// text field, question, keys and bindings.
//
// In flow plain values and texts; out come lines that are never wider than asked for. A part knows no engine beyond the table
// of statuses (rollout.Statuses), whose glyphs and tones it draws, and gives no commands. Bubble Tea's key and message types,
// Bubbles and lipgloss stay in here, so that another version is a change in this package (and of the root, which implements its model).
//
// Three rules keep it fast and safe. Styles are cut into bytes once a session (Ink) and written in runs: no cell ever goes through
// lipgloss. Every text passes through Line, which cleans and cuts it, so that nothing a server says can move the cursor or
// push a frame out of its terminal. Every ink comes from an explicit renderer, never from lipgloss' own.
//
// Of Bubbles the text input serves (Field). Its table, viewport and key bindings do not: a list of 10,000 rows took 1.4 to 7.9 ms
// a frame, a viewport measures and styles the whole page anew to show a part of it, and our bindings say who may press a key, why
// it does nothing now, and what it runs.
//
// Charts are our own (chart.go). The library for terminal charts, ntcharts v0.5.1, moves none of our pins, but one chart of 100x10 with
// three series took 1.1 ms, 1.3 MB and 2,800 allocations, because each cell goes through a lipgloss style; its styles come from lipgloss'
// own renderer, which is the server's terminal and not the session's; and braille dots have no ASCII form. Ours takes 0.06 ms.
//
// The mouse costs a person the terminal's own selection of text, so that it is off until asked for. Then lists and grids mark where they are
// drawn, and a click or a turn of the wheel comes as a binding like a key's (mouse.go): screens need not know where their parts stand.
//
// Start reading at Line in line.go, then Grid in grid.go; the palette is data in palette.go.
//
// # Speed
//
// go test -bench . -benchmem ./ui/part ./ui/screen, Go 1.26, two shared cores, 200x50:
//
//	grid of 10,000 cells, every line anew, a night (92 % done)    0.12 ms   254 allocations
//	the same, a status of its own for every cell                  0.41 ms   409
//	the same, 100 cells in 10 lines changed                       0.04 ms    43
//	the peer: each cell through a lipgloss style                 16.5 ms    110,304
//	list of 10,000 rows, cursor moved                             0.03 ms    67
//	table of 10,000 rows, sorted and marked, cursor moved         0.08 ms   174
//	chart of a window, 100x10, and its bars, 38x9                 0.06 ms    55
//	whole console, a newer view of 10,000 cells each time         0.55 ms
//	whole console, inventory of 10,000, newer view each time      0.09 ms
package part
