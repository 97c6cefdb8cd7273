import unittest

from orders.money import format_amount, parse_amount, with_tax


class MoneyTest(unittest.TestCase):
    def test_reads_what_it_writes(self):
        self.assertEqual(parse_amount("12.50"), 1250)
        self.assertEqual(format_amount(1250), "12.50 EUR")

    def test_rounds_half_a_cent_up(self):
        self.assertEqual(parse_amount("0.005"), 1)
        self.assertEqual(with_tax(50, 19), 60)


if __name__ == "__main__":
    unittest.main()
