// Package changes shows one change request at a time: what it asks for, the plan with its hash, servers by ring and window,
// findings, who decided, what the applications' owners found, who was taken out. The change authority and the board decide here;
// a decision names the hash of the plan that its question showed. Application support records results on a page of its own (acceptance.go),
// and the lead submits releases that have no change request on another (submit.go).
package changes
