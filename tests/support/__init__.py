"""What tests are built from: publications, ledgers, messages, servers, clocks that move."""
