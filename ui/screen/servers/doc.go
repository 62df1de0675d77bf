// Package servers is the inventory: every server in one list that draws only what is seen, narrowed by a filter over all
// columns, and a page with what one server said of itself. Enter opens the page, u asks the server anew.
package servers
