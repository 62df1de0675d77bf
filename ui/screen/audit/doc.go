// Package audit shows the newest entries of the audit trail, its head and hash, and one entry in full. It reads through
// engine.Console in a command, a page at a time; older pages come when the cursor reaches the last row. The filter looks at what
// was read so far, and says how much that is. It verifies nothing: that is patchdeck audit verify.
package audit
