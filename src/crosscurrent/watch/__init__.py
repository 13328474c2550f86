"""The watch: follows a desk's markets from close to close and tells, once, what became true."""
