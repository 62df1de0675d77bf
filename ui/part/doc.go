// Package part holds the pieces that the console's screens are made of: theme and inks, lines and sheets of text, list, table, grid, bar,
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
//	whole console, a newer view of 10,000 cells each time         0.55 ms
//	whole console, inventory of 10,000, newer view each time      0.09 ms
package part
