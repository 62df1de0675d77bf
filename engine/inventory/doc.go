// Package inventory is what is known of the servers: what people say of them (name, site, owner, window) and what each server
// reported of itself (build, roles, disk, pending restart, the updates its own agent offers).
//
// In flow inventory files (ReadCSV) and facts that remote read; both are hostile until checked. Out flow servers (Merge gives
// what an import changes), the ones that an expression selects (CompileFilter), and files again (WriteCSV).
//
// The package must not know how servers are reached, where they are kept, or what the time is. Everything here is a
// function of its arguments.
//
// Start reading at Server in server.go and Facts in facts.go; csv.go reads files, column.go says what each column may hold,
// filter.go what an expression may ask.
//
// # To check on a real host
//
//   - A build of 10.0.26100 is Windows Server 2025 here; Windows 11 24H2 has the same base build and must not be enrolled.
//   - Server Core reports InstallationType "Server Core", which decides between the two rows that a bulletin has.
package inventory
