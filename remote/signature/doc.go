// Package signature keeps the files of updates as they were obtained from their vendors, and reads the Authenticode signatures in them.
//
// In flows a file of unknown origin, as a stream; out flows a catalog.SourceFile: its size, its SHA-256, who signed it, and whether the
// signature is intact and leads to a root certificate that the administrator trusts. What is kept stands in one folder under its SHA-256.
// The file is hostile until its signature is verified: it is bounded in size, its headers are checked against its length before the
// library that reads signatures (relic) sees it, and a panic of that library is a finding and not the end of the process.
//
// The package must not know which updates there are, who may add a file, or who the vendor of an update is: the engine decides those.
//
// Start reading at Safe.Keep in safe.go; read.go tells the forms of packages apart and verifies them.
//
// # Fixtures
//
// testdata/signed.cab is a cabinet with one file, signed by a certificate that leads to testdata/root.pem; both were made by
// go test ./remote/signature -run Fixture -fixture, with osslsigncode.
//
// # To check on a real host
//
//   - Updates of Windows Server 2025 come as .msu files in the WIM form, which carry no Authenticode signature of their own; the cabinets
//     in them do. Such a file is kept and reported as not verified.
//   - The vendor's roots for code (as a PEM file under vendor_roots in the configuration) differ from those for the web.
package signature
