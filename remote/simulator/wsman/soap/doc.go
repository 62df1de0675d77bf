// Package soap reads the WS-Management requests of the Windows remote shell and writes the replies and faults
// ([MS-WSMV], DSP0226).
//
// In flow bytes from clients of any make, which are hostile: the reader is bounded in depth and size, knows no document
// types and no entities but XML's own five, and finds things by their local names, so that any prefix will do. Out flow
// Requests; in flow reply values, out flow bytes. The package knows no HTTP, no logins and no shells.
//
// Start reading at request.go (Parse), then reply.go and fault.go. scanner.go is the XML reader.
package soap
