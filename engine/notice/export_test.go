package notice

// Full are facts of everything, for tests of the package notice_test.
func Full() Facts { return samples()[1] }
